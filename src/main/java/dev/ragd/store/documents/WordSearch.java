package dev.ragd.store.documents;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.FixedBitSet;

/** Ranks records by the words of their texts: Okapi BM25 (Robertson et al., 1994) with Lucene's k1 = 1.2, b = 0.75. */
final class WordSearch {

    /** More words than this add nothing to a question; Lucene refuses 1,025. */
    private static final int MAX_WORDS = 1_000;

    private final Segments segments;
    private final IndexSearcher searcher;
    private final RecordReader records;

    WordSearch(Segments segments, IndexSearcher searcher, RecordReader records) {
        this.segments = segments;
        this.searcher = searcher;
        this.records = records;
    }

    List<ScoredOrdinal> search(String words, int k, FixedBitSet[] matches) throws IOException {
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        words(words).forEach(w -> query.add(new TermQuery(new Term(Names.WORDS, w)), BooleanClause.Occur.SHOULD));
        Weight weight = searcher.createWeight(searcher.rewrite(query.build()), ScoreMode.COMPLETE, 1);
        TopHits top = new TopHits(k, records);
        for (int s = 0; s < matches.length; s++) {
            Scorer scorer = weight.scorer(segments.leaf(s));
            if (scorer != null) {
                DocIdSetIterator found = scorer.iterator();
                for (int d = found.nextDoc(); d != DocIdSetIterator.NO_MORE_DOCS; d = found.nextDoc()) {
                    if (matches[s].get(d)) {
                        double score = scorer.score();
                        top.offer(s, d, score / (1 + score));
                    }
                }
            }
        }
        return top.best(segments);
    }

    private static Set<String> words(String text) throws IOException {
        Set<String> words = new LinkedHashSet<>();
        try (Analyzer analyzer = new StandardAnalyzer();
                TokenStream tokens = analyzer.tokenStream(Names.WORDS, text)) {
            CharTermAttribute word = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (words.size() < MAX_WORDS && tokens.incrementToken()) {
                words.add(word.toString());
            }
            tokens.end();
        }
        return words;
    }
}
