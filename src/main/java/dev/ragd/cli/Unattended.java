package dev.ragd.cli;

/** A command that can say beforehand what it would refuse at night, when nobody is there to read it. */
interface Unattended {

    /**
     * Looks at what was given to the command; runs nothing. What may be set right until then is a warning.
     *
     * @param later what it will run with
     * @throws RuntimeException what the command itself would throw
     */
    void check(Session later);
}
