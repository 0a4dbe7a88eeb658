package org.euryale.jython;

import java.io.IOException;

/** An entry of {@code sys.path} is not an archive, for the prepared core ({@code PathItemsOfDirectories}). */
public final class NoArchiveException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param path the entry
     */
    public NoArchiveException(String path) {
        super(path);
    }

    /** None: it is thrown for each directory whenever a class is looked for, and caught at once. */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // there is nothing to guard
    public Throwable fillInStackTrace() {
        return this;
    }
}
