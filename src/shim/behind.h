/* SPDX-License-Identifier: MIT */
/*
 * Looking for a /dev/kvm that is not ours (behind.c), in the native shim.
 */
#ifndef FAUXKVM_SHIM_BEHIND_H
#define FAUXKVM_SHIM_BEHIND_H

/* Warn, once, if a descriptor of the process is the host's own /dev/kvm. */
void behind_look(void);

#endif
