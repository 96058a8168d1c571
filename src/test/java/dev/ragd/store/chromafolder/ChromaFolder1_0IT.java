package dev.ragd.store.chromafolder;

import dev.ragd.store.chroma.server.Generation;

class ChromaFolder1_0IT extends ChromaFolderContract {

    ChromaFolder1_0IT() {
        super(Generation.V1_0);
    }
}
