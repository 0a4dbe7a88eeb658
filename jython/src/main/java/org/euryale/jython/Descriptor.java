package org.euryale.jython;

import org.python.core.PyInteger;

/**
 * What {@code fileno()} of a file returns: an int. Java code that was written for stock Jython, where it is a {@code
 * RawIOBase}, gets one when it asks for it.
 */
final class Descriptor extends PyInteger {
    private static final long serialVersionUID = 1L;

    private final transient PosixProcess process;

    /** Whether it is given to Jython's io.FileIO, which asks for any object and closes what it gets. */
    private final boolean handedOver;

    Descriptor(PosixProcess process, int number, boolean handedOver) {
        super(number);
        this.process = process;
        this.handedOver = handedOver;
    }

    @Override
    public Object __tojava__(Class<?> wanted) {
        boolean asIO = wanted.isAssignableFrom(DescriptorIO.class) && (handedOver || wanted != Object.class);
        return asIO ? new DescriptorIO(process, getValue(), handedOver) : super.__tojava__(wanted);
    }
}
