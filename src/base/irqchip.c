/* SPDX-License-Identifier: MIT */
/*
 * Names of what an interrupt controller does, for traces and statistics; see
 * irqchip.h.
 */
#include "base/irqchip.h"

const char *irq_step_name(unsigned int step)
{
	static const char *const names[NR_IRQ_STEPS] = {
		[IRQ_STEP_MMIO_READ] = "mmio-read",
		[IRQ_STEP_MMIO_WRITE] = "mmio-write",
		[IRQ_STEP_SYSREG_READ] = "sysreg-read",
		[IRQ_STEP_SYSREG_WRITE] = "sysreg-write",
		[IRQ_STEP_ACKNOWLEDGE] = "acknowledge",
		[IRQ_STEP_EOI] = "eoi",
		[IRQ_STEP_DEACTIVATE] = "deactivate",
		[IRQ_STEP_ITS_COMMAND] = "its-command",
		[IRQ_STEP_PEND] = "pend",
		[IRQ_STEP_CHOOSE] = "choose",
		[IRQ_STEP_SIGNAL] = "signal",
		[IRQ_STEP_SGI] = "sgi",
		[IRQ_STEP_ITS_TRANSLATE] = "its-translate",
		[IRQ_STEP_ITS_DEVICE_READ] = "its-device-read",
		[IRQ_STEP_ITS_EVENT_READ] = "its-event-read",
		[IRQ_STEP_ITS_COLLECTION_READ] = "its-collection-read",
		[IRQ_STEP_LPI_CONFIG_READ] = "lpi-config-read",
		[IRQ_STEP_LPI_PENDING_READ] = "lpi-pending-read",
	};

	return names[step];
}
