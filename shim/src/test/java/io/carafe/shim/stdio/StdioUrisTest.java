package io.carafe.shim.stdio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.shim.name.StreamUri;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StdioUrisTest {

    private static StdioUris of(String stdin, String stdout, String stderr) {
        return new StdioUris(stdin, stdout, stderr, false).checked();
    }

    @ParameterizedTest
    @CsvSource({"'','',''", "/in,/out,/err", "'',file:///log,file:///log", "'',FILE:/log,''", "'',binary:///l?a=b,binary:///l?a=b", "'',/out,file:///log",
        "/in:a,/a://b,/c", "'',binary-v2:///l?a=b,binary-v2:///l?a=b", "'',binary-v2:///l,''", "'',cri:///l,''",
        "'',CRI:///l?max_line_size=1,CRI:///l?max_line_size=1", "'',cri:/a%20b,cri:/a%20b"})
    void these_are_streams(String stdin, String stdout, String stderr) {
        assertEquals(stdout, of(stdin, stdout, stderr).stdout());
    }

    @ParameterizedTest
    @CsvSource({"file:///in,'','',stdin", "binary:///in,'','',stdin", "in,'','',stdin", "'',out,'',stdout", "'',unknown:///x,'',stdout",
        "'',binary-v3:///x,'',stdout", "'',binary-v2:///l,binary:///l,stderr", "'',binary-v2:x,'',stdout", "'',fifo:///x,'',stdout", "'',attachablebinary:///x,'',stdout",
        "'',file://host/x,'',stdout", "'',file:x,'',stdout", "'',file:,'',stdout", "'',file://,'',stdout",
        "'',file:///a/../b,'',stdout", "'',file:///a/%2e%2E/b,'',stdout", "'',/a/../b,'',stdout", "'',:///x,'',stdout", "'',1a:///x,'',stdout",
        "'','',binary:///x,stderr", "'',/out,unknown:///x,stderr", "'',binary:///l,file:///x,stderr", "'',binary:l,'',stdout",
        "cri:///in,'','',stdin", "'','',cri:///l,stderr", "'',/out,cri:///l,stderr", "'',cri:///l,/err,stderr", "'',cri:///l,cri:///m,stderr", "'',cri:l,'',stdout",
        "'',cri:///a/../l,'',stdout", "'',cri:///l/,'',stdout", "'',cri:///,'',stdout", "'',cri:///l?max_line=1,'',stdout"})
    void these_are_none_and_the_stream_is_named(String stdin, String stdout, String stderr, String named) {
        String complaint = assertThrows(IllegalArgumentException.class, () -> of(stdin, stdout, stderr)).getMessage();
        assertTrue(complaint.startsWith(named + ": expected "), complaint);
    }

    @ParameterizedTest
    @CsvSource({"file:///a%00b", "file:///a%zz", "file:///a%2", "file:///a%", "binary:///a?b=%00", "cri:///a%00b", "cri:///l?max_line_size=%00", "binary:///a?%zz=b"})
    void what_cannot_be_decoded_is_refused(String uri) {
        assertThrows(IllegalArgumentException.class, () -> of("", uri, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "", "x", "1048577", "99999999999", "1&b=2"})
    void the_longest_line_of_a_log_is_a_number(String number) {
        String complaint = assertThrows(IllegalArgumentException.class, () -> of("", "cri:///l?max_line_size=" + number, "")).getMessage();
        assertTrue(complaint.startsWith("stdout: "), complaint);
    }

    @ParameterizedTest
    @CsvSource({"/a%41#?b, /a%41#?b", "file:///a%41b, /aAb", "file:///a#b, /a", "file:///a?b=c#d, /a", "file:///a%3Fb%23, /a?b#", "binary:///a%20b?c=d, /a b"})
    void a_path_is_what_containerd_takes_it_for(String uri, String path) {
        assertEquals(path, StreamUri.path(uri));
    }

    @Test
    void a_logger_gets_keys_and_values() {
        assertEquals(List.of("a", "b c", "d", "e", "f g"), StreamUri.query("binary:///l?a=b+c&d=&e=f%20g#h?i=j"));
    }
}
