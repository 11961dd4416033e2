/* SPDX-License-Identifier: MIT */
/*
 * Rows for what struct kvm_run holds after an exit, by its reason: those that
 * every KVM may make (decode.h). An exit without a row carries nothing.
 */
#include <fauxkvm/kvm.h>

#include "base/types.h"
#include "kernel/decode.h"

/* Members of a structure inside the union: their names are short. */
#define RUN_FIELDS(table)                                        \
	&(const struct decode_fields)                            \
	{                                                        \
		table, ARRAY_SIZE(table), sizeof(struct kvm_run) \
	}

/* As many bytes as the access has. */
static void mmio_data(struct decode_call *c, const struct decode_field *f,
		      const void *value)
{
	const struct kvm_run *run =
		(const struct kvm_run *)((const char *)value -
					 offsetof(struct kvm_run, mmio.data));
	uint32_t len = run->mmio.len;

	/* Of a read it is the VMM's to fill. */
	if (run->mmio.is_write)
		out_bytes(c->out, f->name, value, len < 8 ? len : 8);
}

static const struct decode_field mmio[] = {
	RUN_FIELD("phys_addr", mmio.phys_addr),
	RUN_FIELD("len", mmio.len, DECODE_DEC),
	RUN_FIELD("is_write", mmio.is_write, DECODE_DEC),
	RUN_FIELD("data", mmio.data, DECODE_FN, .fn = mmio_data),
};
static const struct decode_field unknown[] = {
	RUN_FIELD("hardware_exit_reason", hw.hardware_exit_reason),
};
static const struct decode_field fail_entry[] = {
	RUN_FIELD("hardware_entry_failure_reason",
		  fail_entry.hardware_entry_failure_reason),
	RUN_FIELD("cpu", fail_entry.cpu, DECODE_DEC),
};
static const struct decode_name hypercall_flags[] = {
	DECODE_NAME(KVM_HYPERCALL_EXIT_SMC),
	DECODE_NAME(KVM_HYPERCALL_EXIT_16BIT),
	{0, NULL},
};
static const struct decode_field hypercall[] = {
	RUN_FIELD("nr", hypercall.nr),
	RUN_FIELD("flags", hypercall.flags, DECODE_FLAGS,
		  .names = hypercall_flags),
};
static const struct decode_field internal[] = {
	RUN_FIELD("suberror", internal.suberror),
	RUN_FIELD("ndata", internal.ndata, DECODE_DEC),
};
static const struct decode_name system_events[] = {
	DECODE_NAME(KVM_SYSTEM_EVENT_SHUTDOWN),
	DECODE_NAME(KVM_SYSTEM_EVENT_RESET),
	DECODE_NAME(KVM_SYSTEM_EVENT_CRASH),
	DECODE_NAME(KVM_SYSTEM_EVENT_WAKEUP),
	DECODE_NAME(KVM_SYSTEM_EVENT_SUSPEND),
	{0, NULL},
};

static void event_data(struct decode_call *c, const struct decode_field *f,
		       const void *value)
{
	const uint64_t *data = value;
	uint32_t n;

	n = ((const struct kvm_run *)((const char *)value -
				      offsetof(struct kvm_run,
					       system_event.data)))
		    ->system_event.ndata;
	if (!n)
		return;
	out_open(c->out, f->name, '[');
	for (uint32_t i = 0; i < n && i < 16; i++)
		out_hex(c->out, NULL, data[i]);
	out_close(c->out, ']');
}

static const struct decode_field system_event[] = {
	RUN_FIELD("type", system_event.type, DECODE_ENUM,
		  .names = system_events),
	RUN_FIELD("ndata", system_event.ndata, DECODE_DEC),
	RUN_FIELD("data", system_event.data, DECODE_FN, .fn = event_data),
};
static const struct decode_field nisv[] = {
	RUN_FIELD("esr_iss", arm_nisv.esr_iss),
	RUN_FIELD("fault_ipa", arm_nisv.fault_ipa),
};
static const struct decode_field memory_fault[] = {
	RUN_FIELD("flags", memory_fault.flags),
	RUN_FIELD("gpa", memory_fault.gpa),
	RUN_FIELD("size", memory_fault.size),
};
static const struct decode_field osi[] = {
	RUN_FIELD("gprs", osi.gprs, DECODE_HEX, .count = 32),
};
static const struct decode_field papr_hcall[] = {
	RUN_FIELD("nr", papr_hcall.nr),
	RUN_FIELD("ret", papr_hcall.ret),
	RUN_FIELD("args", papr_hcall.args, DECODE_HEX, .count = 9),
};
static const struct decode_field epr[] = {
	RUN_FIELD("epr", epr.epr),
};

const struct decode_exit decode_core_exits[] = {
	{KVM_EXIT_UNKNOWN, RUN_FIELDS(unknown)},
	{KVM_EXIT_MMIO, RUN_FIELDS(mmio)},
	{KVM_EXIT_FAIL_ENTRY, RUN_FIELDS(fail_entry)},
	{KVM_EXIT_HYPERCALL, RUN_FIELDS(hypercall)},
	{KVM_EXIT_INTERNAL_ERROR, RUN_FIELDS(internal)},
	{KVM_EXIT_SYSTEM_EVENT, RUN_FIELDS(system_event)},
	{KVM_EXIT_ARM_NISV, RUN_FIELDS(nisv)},
	{KVM_EXIT_MEMORY_FAULT, RUN_FIELDS(memory_fault)},
	{KVM_EXIT_OSI, RUN_FIELDS(osi)},
	{KVM_EXIT_PAPR_HCALL, RUN_FIELDS(papr_hcall)},
	{KVM_EXIT_EPR, RUN_FIELDS(epr)},
	{0, NULL},
};
