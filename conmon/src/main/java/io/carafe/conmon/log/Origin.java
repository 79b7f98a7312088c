package io.carafe.conmon.log;

/** Which of a process's streams something came from. */
public enum Origin {
    STDOUT(2, "stdout"),
    STDERR(3, "stderr");

    /** The first byte of a packet to an attached client. */
    public final byte number;
    final String text;

    Origin(int number, String text) {
        this.number = (byte) number;
        this.text = text;
    }
}
