/* SPDX-License-Identifier: MIT */
/*
 * Exits of KVM_RUN as rows: exit_reason, and the type of a system event. Who
 * makes one sets struct kvm_run itself; logs and `fauxkvm list exits` have the
 * names from here, and tests/check/check-coverage fails for an exit that is
 * made and has no row.
 */
#include <fauxkvm/kvm.h>

#include "kernel/arch.h"
#include "kernel/system.h"

#define EXIT(exit)                         \
	{                                  \
#exit, NULL, exit, 0, true \
	}
#define EVENT(event)                                                           \
	{                                                                      \
		"KVM_EXIT_SYSTEM_EVENT", #event, KVM_EXIT_SYSTEM_EVENT, event, \
			true                                                   \
	}
#define EXIT_NEVER(exit)                    \
	{                                   \
#exit, NULL, exit, 0, false \
	}

/* One of EXIT() is none of an architecture's that does not make it. */
static const struct kernel_exit_row rows[] = {
	EXIT(KVM_EXIT_UNKNOWN),
	EXIT(KVM_EXIT_HYPERCALL),
	EXIT(KVM_EXIT_DEBUG),
	EXIT(KVM_EXIT_MMIO),
	EXIT_NEVER(KVM_EXIT_FAIL_ENTRY),
	EXIT(KVM_EXIT_INTR),
	EXIT_NEVER(KVM_EXIT_INTERNAL_ERROR),
	EXIT(KVM_EXIT_WATCHDOG),
	EVENT(KVM_SYSTEM_EVENT_SHUTDOWN),
	EVENT(KVM_SYSTEM_EVENT_RESET),
	EVENT(KVM_SYSTEM_EVENT_WAKEUP),
	EVENT(KVM_SYSTEM_EVENT_SUSPEND),
	EXIT(KVM_EXIT_ARM_NISV),
	EXIT(KVM_EXIT_DIRTY_RING_FULL),
	EXIT_NEVER(KVM_EXIT_MEMORY_FAULT),
};

const struct kernel_exit_row *kernel_exit_row(unsigned int n)
{
	static __thread struct kernel_exit_row out
		__attribute__((tls_model("initial-exec")));

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		bool made = kernel_arch()->exits & BIT(rows[i].reason);

		if ((rows[i].made && !made) || n--)
			continue;
		out = rows[i];
		out.made = made;
		return &out;
	}
	return NULL;
}

const char *exit_reason_name(const struct kvm_run *run)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].reason == run->exit_reason)
			return rows[i].name;
	return "an exit without a row";
}

const char *exit_name(const struct kvm_run *run)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct kernel_exit_row *row = &rows[i];

		if (row->reason != run->exit_reason)
			continue;
		if (!row->event)
			return row->name;
		if (row->event == run->system_event.type)
			return row->event_name;
	}
	return "an exit without a row";
}
