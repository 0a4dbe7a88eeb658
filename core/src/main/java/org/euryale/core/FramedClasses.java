package org.euryale.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** Gives the class files that Jython compiled from {@code lib/} their frames, in place. */
public final class FramedClasses {
    private FramedClasses() {}

    /** {@code FramedClasses JYTHON.jar DIRECTORY}. */
    public static void main(String[] arguments) throws IOException {
        try (ZipFile jython = new ZipFile(arguments[0]);
                Stream<Path> files = Files.walk(Path.of(arguments[1]))) {
            Hierarchy hierarchy = new Hierarchy(jython);
            List<Path> compiled = files.filter(file -> file.toString().endsWith(CompiledLibrary.COMPILED))
                    .toList();
            for (Path file : compiled) {
                Files.write(file, Framed.of(Files.readAllBytes(file), hierarchy));
            }
        }
    }
}
