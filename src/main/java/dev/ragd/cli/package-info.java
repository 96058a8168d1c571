/** The command line: one class per command, text and JSON output, errors to exit codes. Start reading at {@link dev.ragd.cli.RagdCli}. */
@NullMarked
package dev.ragd.cli;

import org.jspecify.annotations.NullMarked;
