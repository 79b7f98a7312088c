package io.carafe.shim.stat;

import static io.carafe.runtime.protobuf.FieldType.BYTES;
import static io.carafe.runtime.protobuf.FieldType.INT64;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.FieldType.messages;
import static io.carafe.runtime.protobuf.MessageTable.field;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.runtime.protobuf.ProtoWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from the files of a cgroup of v2, by the numbers of metrics.proto. */
class MetricsV2Test {

    private record Entry(String device, long handles, long objects) {
        static final MessageTable<Entry> TABLE = MessageTable.of(row -> new Entry(row.next(), row.next(), row.next()),
                field(1, TEXT, Entry::device), field(2, INT64, Entry::handles), field(3, INT64, Entry::objects));
    }

    private record RdmaStat(List<Entry> current, List<Entry> limit) {
        static final MessageTable<RdmaStat> TABLE = MessageTable.of(row -> new RdmaStat(row.next(), row.next()),
                field(1, messages(Entry.TABLE), RdmaStat::current), field(2, messages(Entry.TABLE), RdmaStat::limit));
    }

    private record HugeTlb(long current, long max, String size, long failures) {
        static final MessageTable<HugeTlb> TABLE = MessageTable.of(row -> new HugeTlb(row.next(), row.next(), row.next(), row.next()),
                field(1, INT64, HugeTlb::current), field(2, INT64, HugeTlb::max), field(3, TEXT, HugeTlb::size), field(4, INT64, HugeTlb::failures));
    }

    private record Device(String name, long received, long receivedPackets, long sent, long sentDropped) {
        static final MessageTable<Device> TABLE = MessageTable.of(
                row -> new Device(row.next(), row.next(), row.next(), row.next(), row.next()), field(1, TEXT, Device::name),
                field(2, INT64, Device::received), field(3, INT64, Device::receivedPackets), field(6, INT64, Device::sent),
                field(9, INT64, Device::sentDropped));
    }

    /** A message with the pressure under some number. */
    private static MessageTable<byte[]> pressureAt(int number) {
        return MessageTable.of(row -> row.next(), field(number, BYTES, bytes -> bytes));
    }

    private record Read(byte[] cpu, byte[] memory, Optional<RdmaStat> rdma, byte[] io, List<HugeTlb> hugetlb, List<Device> network) {
        static final MessageTable<Read> TABLE = MessageTable.of(
                row -> new Read(row.next(), row.next(), row.next(), row.next(), row.next(), row.next()), field(2, BYTES, Read::cpu),
                field(4, BYTES, Read::memory), field(5, message(RdmaStat.TABLE), Read::rdma), field(6, BYTES, Read::io),
                field(7, messages(HugeTlb.TABLE), Read::hugetlb), field(9, messages(Device.TABLE), Read::network));
    }

    @TempDir
    Path directory;

    private Read read(String network) {
        return Read.TABLE.read(MetricsV2.read(new ControlFiles(Linux.over(Door.open()), Optional.of(directory.toString())), network).value());
    }

    private static byte[] pressure(double first, long total) {
        ProtoWriter out = new ProtoWriter();
        for (int kind = 1; kind <= 2; kind++) {
            double factor = kind;
            out.message(kind, data -> {
                data.real(1, first * factor);
                data.real(2, first / 2 * factor);
                data.integer(4, total);
            });
        }
        return out.toBytes();
    }

    private void pressure(String file, double first, long total) throws IOException {
        Files.writeString(directory.resolve(file), "some avg10=" + first + " avg60=" + first / 2 + " avg300=0.00 total=" + total + "\nfull avg10="
                + first * 2 + " avg60=" + first + " avg300=0.00 total=" + total + "\n");
    }

    @Test
    void all_that_the_kernel_has_is_told() throws IOException {
        pressure("cpu.pressure", 1.5, 7);
        pressure("memory.pressure", 2.5, 8);
        pressure("io.pressure", 4, 9);
        Files.writeString(directory.resolve("rdma.current"), "mlx4_0 hca_handle=2 hca_object=2000\nocrdma1 hca_handle=3 hca_object=0\n");
        Files.writeString(directory.resolve("rdma.max"), "mlx4_0 hca_handle=2 hca_object=max\n");
        Files.writeString(directory.resolve("hugetlb.2MB.current"), "4096\n");
        Files.writeString(directory.resolve("hugetlb.2MB.max"), "max\n");
        Files.writeString(directory.resolve("hugetlb.2MB.events"), "max 5\n");
        Read read = read("Inter-|   Receive\n face |bytes    packets\n    lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
                + "  eth0:100 200 3 4 5 6 7 8 900 10 11 12 13 14 15 16\n");
        assertArrayEquals(pressure(1.5, 7), pressureAt(7).read(read.cpu()));
        assertArrayEquals(pressure(2.5, 8), pressureAt(38).read(read.memory()));
        assertArrayEquals(pressure(4, 9), pressureAt(2).read(read.io()));
        assertEquals(Optional.of(new RdmaStat(List.of(new Entry("mlx4_0", 2, 2000), new Entry("ocrdma1", 3, 0)),
                List.of(new Entry("mlx4_0", 2, 0xffffffffL)))), read.rdma());
        assertEquals(List.of(new HugeTlb(4096, -1, "2MB", 5)), read.hugetlb());
        assertEquals(List.of(new Device("lo", 1, 2, 9, 12), new Device("eth0", 100, 200, 900, 12)), read.network());
    }

    @Test
    void what_the_kernel_has_not_is_no_field() {
        Read read = read("");
        assertEquals(0, pressureAt(7).read(read.cpu()).length);
        assertEquals(Optional.of(new RdmaStat(List.of(), List.of())), read.rdma());
        assertEquals(List.of(), read.network());
    }
}
