/** Documents that say what the code says: made from it, and compared with it. */
package dev.ragd.docs;
