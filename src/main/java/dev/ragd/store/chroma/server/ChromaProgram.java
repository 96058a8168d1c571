package dev.ragd.store.chroma.server;

import dev.ragd.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The program that serves.
 *
 * @param command what to run before {@code run --path ...}
 */
record ChromaProgram(List<String> command) {

    ChromaProgram {
        command = List.copyOf(command);
    }

    /** The one in the settings, the one on the PATH, or the one from npm, which is installed when missing. */
    static ChromaProgram find(ManagedSettings settings, Consumer<String> progress) {
        if (settings.program() != null) {
            Path program = settings.program().toAbsolutePath();
            if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
                throw new StoreException.StoreUnavailable(
                        "storage.chromadb.program is '" + program + "', which is not an executable file; correct it, or"
                                + " unset it to let ragd install Chroma",
                        null);
            }
            return new ChromaProgram(List.of(program.toString()));
        }
        Optional<Path> onPath = settings.searchPath() ? Command.find("chroma") : Optional.empty();
        if (onPath.isPresent()) {
            return new ChromaProgram(List.of(onPath.get().toString()));
        }
        NpmInstall install = new NpmInstall(settings.programs(), Generation.forThisMachine());
        return ofNode(install.node(), install.install(progress));
    }

    /** The program of an npm installation; directly, because npx leaves two processes between. */
    static ChromaProgram ofNode(Path node, Path installation) {
        return new ChromaProgram(
                List.of(node.toString(), installation.resolve(NpmInstall.ENTRY).toString()));
    }
}
