/**
 * Worlds of forty states in which the product's own mathematics can be checked against exact enumeration, and the
 * experiments that show each method's effect there. Uses every stage; used by tests and the command line. Entry types
 * {@link dev.understudy.workload.toy.KdtwToy} and {@link dev.understudy.workload.toy.ToyCheck}.
 */
@NullMarked
package dev.understudy.workload.toy;

import org.jspecify.annotations.NullMarked;
