/* SPDX-License-Identifier: MIT */
/*
 * A memory slot whose memory is gone: KVM_RUN fails with EFAULT, the VMM
 * lives, maps it again and runs on. Loads, stores, pairs and fetches.
 */
#include "guest.h"

#define MARK 0x1122334455667788ul /* what the VMM puts there */

static void unmap(void)
{
	mmio_write(BOARD_TEST + TEST_UNMAP, 1);
}

static uint32_t faults(void)
{
	return mmio_read(BOARD_TEST + TEST_FAULTS);
}

void guest_main(void)
{
	volatile uint64_t *hole = (volatile uint64_t *)BOARD_HOLE;
	static uint64_t l2[512] __attribute__((aligned(4096)));
	uint64_t a, b;

	/* the hole as Normal memory */
	for (unsigned int i = 0; i < 512; i++)
		l2[i] = i * 0x200000ul | PTE_BLOCK | PTE_AF |
			(i == BOARD_HOLE >> 21
				 ? PTE_NORMAL | PTE_INNER
				 : PTE_DEVICE | PTE_UXN | PTE_PXN);
	identity_l1[0] = (uint64_t)l2 | PTE_TABLE;
	tlbi_all();

	hole[1] = 5;
	CHECK_EQ(hole[1], 5);
	CHECK_EQ(faults(), 0);

	unmap();
	CHECK_EQ(hole[0], MARK); /* the load, once it is back */
	CHECK_EQ(faults(), 1);
	CHECK_EQ(hole[1], 0);

	hole[2] = 1;
	unmap();
	hole[2] = 99;
	CHECK_EQ(faults(), 2);
	CHECK_EQ(hole[2], 99);

	unmap();
	__asm__ volatile("ldp %0, %1, [%2]" : "=&r"(a), "=&r"(b) : "r"(hole));
	CHECK_EQ(faults(), 3);
	CHECK_EQ(a, MARK);
	CHECK_EQ(b, 0);

	unmap();
	__asm__ volatile("ldadd %1, %0, [%2]"
			 : "=&r"(a)
			 : "r"(3ul), "r"(hole + 3)
			 : "memory");
	CHECK_EQ(faults(), 4);
	CHECK_EQ(hole[3], 3);

	/* instructions: 0x55667788 is no instruction; the fault comes first */
	unmap();
	trap_call(BOARD_HOLE);
	CHECK_EQ(trap_off(), EC_UNKNOWN);
	CHECK_EQ(faults(), 5);
}
