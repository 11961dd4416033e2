/* SPDX-License-Identifier: MIT */
/*
 * Mending QEMU's user mode where it fails a VMM: some of QEMU's imports are
 * replaced by functions that do more.
 */
#ifndef FAUXKVM_SHIM_BRIDGE_QEMU_H
#define FAUXKVM_SHIM_BRIDGE_QEMU_H

/* Once, before the VMM runs. */
void bridge_qemu_init(void);

#endif
