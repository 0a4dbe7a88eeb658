package org.euryale.tls;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * OpenSSL's little language of cipher strings, as openssl-ciphers(1) tells it: {@code HIGH:!aNULL:+SHA:@STRENGTH}. A string
 * is a list of rules over one list of suites, each of them active or not. A rule adds ({@code word}), takes away
 * ({@code -word}), takes away for good ({@code !word}) or moves to the end ({@code +word}) what a word means; {@code a+b} is
 * what both mean. A word that OpenSSL does not know means nothing.
 *
 * <p>TLS 1.3's suites are not the string's business, here as there. One evaluation belongs to one thread.
 */
public final class CipherString {
    /** What DEFAULT stands for in OpenSSL 3 (OSSL_default_cipher_list). */
    private static final String DEFAULT = "ALL:!COMPLEMENTOFDEFAULT:!eNULL";

    private static final String SEPARATORS = ": ;,";

    /** Suites that may still be added, in order, and those that are: OpenSSL keeps both in one chain, and so do we. */
    private final List<CipherSuite> chain = new ArrayList<>();

    private final Set<CipherSuite> active = new HashSet<>();
    private final String text;
    private int at;
    private int level = -1;

    private CipherString(String text) {
        this.text = text;
        for (CipherSuite suite : CipherTable.suites()) {
            if (!suite.isTls13()) {
                chain.add(suite);
            }
        }
    }

    /** What a string chose: suites of TLS 1.2 and older, best first, and the {@code @SECLEVEL} it set (-1 for none). */
    public record Choice(List<CipherSuite> suites, int securityLevel) {}

    /**
     * The suites that {@code text} means.
     *
     * @throws IllegalArgumentException when it is no cipher string, or means no suite: with OpenSSL's reason,
     *     {@code INVALID_COMMAND} or {@code NO_CIPHER_MATCH}
     */
    public static Choice parse(String text) {
        CipherString string = new CipherString(text);
        string.evaluate();
        List<CipherSuite> chosen =
                string.chain.stream().filter(string.active::contains).toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("NO_CIPHER_MATCH");
        }
        return new Choice(chosen, string.level);
    }

    private void evaluate() {
        if (text.startsWith("DEFAULT")) { // a word that is known at the beginning alone
            CipherString standard = new CipherString(DEFAULT);
            standard.evaluate();
            chain.clear();
            chain.addAll(standard.chain);
            active.addAll(standard.active);
            at = "DEFAULT".length();
        }
        while (at < text.length()) {
            char c = text.charAt(at);
            if (SEPARATORS.indexOf(c) >= 0) {
                at++;
            } else if (c == '@') {
                at++;
                command(word());
            } else {
                boolean prefixed = c == '-' || c == '!' || c == '+';
                at += prefixed ? 1 : 0;
                rule(prefixed ? c : ' ');
            }
        }
    }

    private void command(String name) {
        if (name.equals("STRENGTH")) {
            active.stream()
                    .mapToInt(CipherSuite::bits)
                    .distinct()
                    .sorted()
                    .boxed()
                    .sorted((a, b) -> b - a)
                    .forEach(bits -> moveToEnd(suite -> suite.bits() == bits));
        } else if (name.matches("SECLEVEL=[0-5]")) {
            level = name.charAt(name.length() - 1) - '0';
        } else {
            throw new IllegalArgumentException("INVALID_COMMAND");
        }
    }

    private void rule(char operator) {
        Predicate<CipherSuite> meant = meaning(word());
        while (at < text.length() && text.charAt(at) == '+') {
            at++;
            Predicate<CipherSuite> other = meaning(word());
            meant = meant == null || other == null ? null : meant.and(other);
        }
        if (meant == null) {
            return;
        }
        switch (operator) {
            case ' ' -> add(meant);
            case '+' -> moveToEnd(meant);
            case '-' -> takeAway(meant);
            default -> {
                chain.removeIf(meant);
                active.removeIf(meant);
            }
        }
    }

    private String word() {
        int start = at;
        while (at < text.length() && isOfWord(text.charAt(at))) {
            at++;
        }
        if (start == at) {
            throw new IllegalArgumentException("INVALID_COMMAND");
        }
        return text.substring(start, at);
    }

    private static boolean isOfWord(char c) {
        return "-.=_".indexOf(c) >= 0 || (c < 128 && Character.isLetterOrDigit(c));
    }

    /** Null when OpenSSL does not know the word. A word that it knows and that means no suite of its is no different. */
    private static @Nullable Predicate<CipherSuite> meaning(String word) {
        CipherSuite named = CipherTable.find(word);
        if (named != null) {
            return named::equals;
        }
        return CipherTable.suites().stream().anyMatch(suite -> suite.words().contains(word))
                ? suite -> suite.words().contains(word)
                : null;
    }

    private void add(Predicate<CipherSuite> meant) {
        List<CipherSuite> added = chain.stream()
                .filter(meant.and(suite -> !active.contains(suite)))
                .toList();
        chain.removeAll(added);
        chain.addAll(added);
        active.addAll(added);
    }

    private void moveToEnd(Predicate<CipherSuite> meant) {
        List<CipherSuite> moved =
                chain.stream().filter(meant.and(active::contains)).toList();
        chain.removeAll(moved);
        chain.addAll(moved);
    }

    /** To the front, where a later rule finds them in the order they had. */
    private void takeAway(Predicate<CipherSuite> meant) {
        List<CipherSuite> taken =
                chain.stream().filter(meant.and(active::contains)).toList();
        chain.removeAll(taken);
        chain.addAll(0, taken);
        taken.forEach(active::remove);
    }
}
