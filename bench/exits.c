/* SPDX-License-Identifier: MIT */
/*
 * What leaves the guest, in the measuring guest: to the hypervisor, and out of
 * it to the VMM.
 */
#include "bench.h"

uint64_t run_hypercalls(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		hvc(PSCI_VERSION, 0, 0, 0);
	return n;
}

/* A register of the console that does nothing. */
uint64_t run_mmio_exits(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		mmio_read(BOARD_CONSOLE + 0x18);
	return n;
}
