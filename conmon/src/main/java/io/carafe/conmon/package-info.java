/**
 * carafe-conmon: the program that podman and cri-o start for each process of a container, between themselves and a runtime. It calls the
 * runtime, keeps the process's streams and tells its end, by conmon's contract.
 *
 * @see "conmon(8)"
 */
package io.carafe.conmon;
