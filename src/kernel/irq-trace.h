/* SPDX-License-Identifier: MIT */
/*
 * A trace of interrupts and exits in a file, for comparing runs (irq-trace.c).
 */
#ifndef FAUXKVM_KERNEL_IRQ_TRACE_H
#define FAUXKVM_KERNEL_IRQ_TRACE_H

/* Begin it if the process was told to; before a VM is made. */
void irq_trace_init(void);

#endif
