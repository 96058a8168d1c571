package dev.ragd.store.chromafolder;

import dev.ragd.store.chroma.server.Generation;

class ChromaFolder1_5IT extends ChromaFolderContract {

    ChromaFolder1_5IT() {
        super(Generation.V1_5);
    }
}
