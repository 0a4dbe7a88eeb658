/**
 * Euryale in Jython: the modules {@code _socket} and {@code select}, the types behind them, and how an interpreter gets
 * them. The only package that sees {@code org.python}.
 *
 * <p>An interpreter ({@code PySystemState}) has one {@link org.euryale.jython.PosixProcess}; modules, classes and exceptions
 * are made anew in each, so nothing a program changes is seen by another.
 */
@NullMarked
package org.euryale.jython;

import org.jspecify.annotations.NullMarked;
