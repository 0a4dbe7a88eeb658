package org.euryale.tls;

/**
 * One attribute of a distinguished name.
 *
 * @param oid its type in dotted numbers
 * @param value its text
 */
public record NameAttribute(String oid, String value) {}
