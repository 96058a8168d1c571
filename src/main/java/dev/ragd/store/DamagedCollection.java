package dev.ragd.store;

/**
 * A collection that is there and cannot be read: damaged, or written by a newer ragd. It has no name, because that is among
 * what cannot be read.
 *
 * @param place where it is, for example its folder
 * @param failure what reading it says: the file, what is wrong with it, the way out
 */
public record DamagedCollection(String place, StoreException failure) {}
