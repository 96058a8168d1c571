// Made the *.index files beside it, with FAISS 1.11: what the Java binding cannot make.
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/index_io.h>

#include <vector>

int main() {
    const int d = 4, n = 20;
    std::vector<float> x(d * n);
    std::vector<faiss::idx_t> ids(n);
    for (int i = 0; i < n; i++) {
        ids[i] = ((i * 7) % n) * 1000003LL - 5000;
        for (int j = 0; j < d; j++) x[i * d + j] = (float)(i * 10 + j) + 0.5f;
    }
    faiss::IndexFlatIP flat(d);
    faiss::IndexIDMap idmap_flat(&flat);
    idmap_flat.add_with_ids(n, x.data(), ids.data());
    faiss::write_index(&idmap_flat, "idmap-flat.index");

    faiss::IndexHNSWFlat hnsw(d, 4);
    faiss::IndexIDMap2 idmap_hnsw(&hnsw);
    idmap_hnsw.add_with_ids(n, x.data(), ids.data());
    faiss::write_index(&idmap_hnsw, "idmap2-hnsw.index");

    faiss::IndexFlatL2 quantizer(d);
    faiss::IndexIVFFlat ivf(&quantizer, d, 3);
    ivf.train(n, x.data());
    faiss::IndexIDMap idmap_ivf(&ivf);
    idmap_ivf.add_with_ids(n, x.data(), ids.data());
    faiss::write_index(&idmap_ivf, "idmap-ivf.index");

    faiss::IndexIVFFlat own_ids(&quantizer, d, 3);
    own_ids.train(n, x.data());
    own_ids.add_with_ids(n, x.data(), ids.data());
    own_ids.make_direct_map(false);
    faiss::write_index(&own_ids, "ivf-ids.index");
}
