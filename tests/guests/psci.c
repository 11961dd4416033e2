/* SPDX-License-Identifier: MIT */
/*
 * PSCI: version, features, reset (memory and registers are new, the VMM counts
 * it) and power-off (the VMM ends with the status the guest left).
 */
#include "guest.h"

void guest_main(void)
{
	static unsigned int data = 7; /* reloaded at reset */

	CHECK_EQ(data, 7);
	data = 8;
	CHECK_EQ(read_sysreg(currentel), 4);
	CHECK_EQ(hvc(PSCI_VERSION, 0, 0, 0) >> 16, 1);
	CHECK_EQ(hvc(PSCI_FEATURES, PSCI_CPU_ON, 0, 0), 0);
	CHECK_EQ(hvc(PSCI_FEATURES, PSCI_SYSTEM_OFF, 0, 0), 0);
	CHECK_EQ(hvc(PSCI_FEATURES, 0x84001234, 0, 0), -1ul);
	CHECK_EQ(hvc(PSCI_MIGRATE_TYPE, 0, 0, 0), 2);
	CHECK_EQ(hvc(PSCI_AFFINITY_INFO, 0, 0, 0), 0);
	CHECK_EQ(cpu_on(0), -4ul);
	if (boot.resets < 3 && !failed) {
		hvc(PSCI_SYSTEM_RESET, 0, 0, 0);
		CHECK(!"came back from SYSTEM_RESET");
	}
	CHECK_EQ(boot.resets, 3);
	print("%u passed, %u failed\n", passed, failed);
	mmio_write(BOARD_TEST + TEST_STATUS, failed != 0);
	hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
	print("came back from SYSTEM_OFF\n");
	finish(1);
}
