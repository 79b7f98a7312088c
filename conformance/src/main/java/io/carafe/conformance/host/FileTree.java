package io.carafe.conformance.host;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Removes the directory of a test. */
final class FileTree {

    private FileTree() {
    }

    /** Removes all of it and follows no link. Nothing of a test is mounted any more: its mount namespace has gone. @return why not */
    static Optional<String> remove(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("files: " + e);
        }
    }
}
