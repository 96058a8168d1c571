/** What tests of several packages use. */
package dev.ragd.testing;
