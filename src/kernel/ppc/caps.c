/* SPDX-License-Identifier: MIT */
/*
 * Capabilities of PowerPC's own, or that it answers otherwise than the core's
 * caps.c. Source: Linux 6.12 for e500v2, asked.
 */
#include "kernel/ppc/ppc.h"

static long rule_nr_vcpus(struct vm *vm)
{
	return min_u64(host_online_cpus(), PPC_MAX_VCPUS);
}

static const struct cap_row cap_rows[] = {
	CAP(NR_VCPUS, .rule = rule_nr_vcpus),
	CAP(NR_MEMSLOTS, .value = MAX_MEMSLOTS),
	CAP_YES(SET_GUEST_DEBUG),
	CAP_YES(PPC_PAIRED_SINGLES),
	CAP_YES(PPC_OSI),
	CAP_YES(PPC_UNSET_IRQ),
	CAP_YES(ENABLE_CAP),
	CAP_YES(PPC_GET_PVINFO),
	CAP_YES(PPC_IRQ_LEVEL),
	CAP_YES(PPC_BOOKE_SREGS),
	CAP_YES(SW_TLB),
	CAP_YES(PPC_BOOKE_WATCHDOG),
	CAP_YES(PPC_EPR),
	CAP_YES(IRQ_MPIC),
	/* No log of what the guest writes. */
	CAP_NO(MANUAL_DIRTY_LOG_PROTECT2),
	CAP_YES(PPC_GUEST_DEBUG_SSTEP),
};

const struct cap_table ppc_caps = {cap_rows, ARRAY_SIZE(cap_rows)};
