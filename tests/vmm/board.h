/* SPDX-License-Identifier: MIT */
/*
 * The machine that the test VMM makes, for the VMM (C) and its guests (C and
 * assembly). RAM, GIC and console are where QEMU's virt machine has them, so
 * that guests that use only those run there too.
 */
#ifndef FAUXKVM_TESTS_VMM_BOARD_H
#define FAUXKVM_TESTS_VMM_BOARD_H

#define BOARD_GICD       0x08000000
#define BOARD_GICC       0x08010000 /* GICv2 */
#define BOARD_ITS        0x08080000
#define BOARD_GICR       0x080a0000
#define BOARD_CONSOLE    0x09000000 /* a write prints a character */
#define BOARD_TEST       0x0b000000 /* registers below */
#define BOARD_IOEVENT    0x0b001000 /* 4-byte ioeventfd, any value */
#define BOARD_IOEVENT_55 0x0b001008 /* 4 bytes, only the value 0x55 */
#define BOARD_NOTHING    0x0c000000 /* no device: reads are all ones */
#define BOARD_ROM        0x30000000 /* read-only slot, 64 KiB */
#define BOARD_RAM        0x40000000
#define BOARD_ARGS       0x40100000 /* what --args says, in ARGS_SIZE bytes */
#define ARGS_SIZE        256
#define BOARD_ENTRY      0x40200000 /* image and first instruction */
#define BOARD_HOLE       0x30100000 /* RAM that TEST_UNMAP takes away, 64K */

/* Offsets in BOARD_TEST; 4-byte accesses unless said otherwise. */
#define TEST_EXIT        0x00 /* w: the VMM ends with this status */
#define TEST_STATUS      0x04 /* w: its status if PSCI ends it */
#define TEST_IRQFD       0x08 /* w: signal the irqfd of this GSI */
#define TEST_IRQ_HIGH    0x0c /* w: KVM_IRQ_LINE, level 1, this SPI's GSI */
#define TEST_IRQ_LOW     0x10 /* w: level 0 */
#define TEST_IOEVENTS    0x14 /* r: events of BOARD_IOEVENT since last */
#define TEST_IOEVENTS_55 0x18 /* r: events of BOARD_IOEVENT_55 */
#define TEST_MSI         0x1c /* w: KVM_SIGNAL_MSI, device 1, this event */
#define TEST_MSI_RESULT  0x20 /* r: its return value */
#define TEST_UNMAP       0x24 /* w: munmap the memory of BOARD_HOLE */
#define TEST_FAULTS      0x28 /* r: KVM_RUNs that failed with EFAULT */
#define TEST_RESAMPLE    0x2c /* w: raise a resampling irqfd's GSI */
#define TEST_RESAMPLED   0x30 /* r: how often it was resampled */
#define TEST_LAST_LEN    0x34 /* r: size of the last TEST_SCRATCH access */
#define TEST_PPI \
	0x38              /* w: KVM_IRQ_LINE on vCPU 0's PPI: intid, and
				* bit 31 the level */
#define TEST_SCRATCH 0x40 /* rw: 16 bytes, any size */

/* vCPU registers at the start: X0 number of vCPUs, X1 GIC version (0, 2, 3),
 * X2 how often the machine was reset, X3 1 if there is an ITS, X4 1 if the
 * host's CPU is QEMU's TCG, which lacks some checks, X5 how many interrupts the
 * GIC has. */

#endif
