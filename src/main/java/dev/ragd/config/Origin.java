package dev.ragd.config;

import java.nio.file.Path;

/** Where a value comes from. */
public sealed interface Origin {

    /** The command line. */
    record Option(String name) implements Origin {
        @Override
        public String describe() {
            return "option " + name;
        }
    }

    /** The environment. */
    record Environment(String variable) implements Origin {
        @Override
        public String describe() {
            return "environment variable " + variable;
        }
    }

    /** The configuration file; the line counts from 1. */
    record File(Path file, int line) implements Origin {
        @Override
        public String describe() {
            return file + " line " + line;
        }
    }

    /** Nobody said anything. */
    record Default() implements Origin {
        @Override
        public String describe() {
            return "default";
        }
    }

    /** A phrase for people. */
    String describe();
}
