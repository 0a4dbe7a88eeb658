package org.euryale.tls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name of a certificate's subject beside its distinguished one (RFC 5280, 4.2.1.6).
 *
 * @param kind which of GeneralName's alternatives it is
 * @param text what it says; empty for those that are not read ({@link Kind#OTHER}, {@link Kind#X400}, {@link Kind#EDI}) and
 *     for {@link Kind#DIRECTORY}
 * @param directory the distinguished name of {@link Kind#DIRECTORY}; empty for others
 */
public record GeneralName(Kind kind, String text, List<List<NameAttribute>> directory) {
    /** The alternatives by their tags, with OpenSSL's names (GENERAL_NAME_print(3)). */
    public enum Kind {
        OTHER(0, "othername"),
        EMAIL(1, "email"),
        DNS(2, "DNS"),
        X400(3, "X400Name"),
        DIRECTORY(4, "DirName"),
        EDI(5, "EdiPartyName"),
        URI(6, "URI"),
        ADDRESS(7, "IP Address"),
        REGISTERED(8, "Registered ID");

        private final int tag;
        private final String shown;

        Kind(int tag, String shown) {
            this.tag = tag;
            this.shown = shown;
        }

        /** The alternative of a tag's number; null for none. */
        static @Nullable Kind tagged(int number) {
            for (Kind kind : values()) {
                if (kind.tag == number) {
                    return kind;
                }
            }
            return null;
        }

        /** OpenSSL's name. */
        public String shown() {
            return shown;
        }
    }
}
