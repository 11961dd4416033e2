/* SPDX-License-Identifier: MIT */
/*
 * The counter that an arm64 VMM reads, CNTVCT_EL0: QEMU's, made that of the
 * model. On a host both are one: a VMM may subtract its own reading from the
 * guest's (KVM_ARM_SET_COUNTER_OFFSET).
 */
#ifndef FAUXKVM_SHIM_BRIDGE_CLOCK_H
#define FAUXKVM_SHIM_BRIDGE_CLOCK_H

/* As got_hook(): 0 if this QEMU has another way to the time. */
int bridge_clock_init(void);

#endif
