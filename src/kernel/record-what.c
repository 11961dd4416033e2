/* SPDX-License-Identifier: MIT */
/*
 * What a recording says of things: a request by its descriptor, name and what is
 * in it, an exit by what the VMM sees of it. Nothing that is another number in
 * another run, as pointers are.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <fauxkvm/kvm.h>

#include "base/costs.h"
#include "base/fault.h"
#include "kernel/record.h"
#include "kernel/system.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

/* Requests of whose argument the first @bytes count, 0: all; a register's value
 * too. Of other requests the name does. */
static const struct {
	const char *name;
	unsigned int bytes;
	bool reg;
} contents[] = {
	{"KVM_IRQ_LINE", 0, false},
	{"KVM_IRQ_LINE_STATUS", 0, false},
	{"KVM_SIGNAL_MSI", 0, false},
	{"KVM_SET_MP_STATE", 0, false},
	{"KVM_SET_VCPU_EVENTS", 0, false},
	{"KVM_SET_DEVICE_ATTR", offsetof(struct kvm_device_attr, addr), false},
	{"KVM_SET_ONE_REG", offsetof(struct kvm_one_reg, addr), true},
};

static void add_hex(char *buf, size_t size, const void *bytes, size_t n)
{
	size_t len = strlen(buf);

	for (size_t i = 0; i < n && len + 3 <= size; i++, len += 2)
		snprintf(buf + len, size - len, "%02x",
			 ((const uint8_t *)bytes)[i]);
}

/* The value that a register is to get, up to 16 bytes of it. */
static void add_register(char *buf, size_t size, unsigned long arg)
{
	struct kvm_one_reg reg;
	uint8_t value[16];
	size_t n;

	if (copy_from_user(&reg, (const void *)arg, sizeof(reg)))
		return;
	n = (size_t)1 << (reg.id >> 52 & 15);
	if (n > sizeof(value))
		n = sizeof(value);
	if (copy_from_user(value, (const void *)(uintptr_t)reg.addr, n))
		return;
	strncat(buf, " ", size - strlen(buf) - 1);
	add_hex(buf, size, value, n);
}

static void request_what(struct kobj *obj, const struct kernel_ioctl_row *row,
			 unsigned long arg, char *buf, size_t size)
{
	uint8_t bytes[64];

	snprintf(buf, size, "%s %s", obj->name, row->name);
	if (!row->size && arg)
		snprintf(buf, size, "%s %s %lx", obj->name, row->name, arg);
	for (unsigned int i = 0; i < ARRAY_SIZE(contents); i++) {
		size_t n = contents[i].bytes ? contents[i].bytes : row->size;

		if (strcmp(row->name, contents[i].name) || n > sizeof(bytes) ||
		    copy_from_user(bytes, (const void *)arg, n))
			continue;
		strncat(buf, " ", size - strlen(buf) - 1);
		add_hex(buf, size, bytes, n);
		if (contents[i].reg)
			add_register(buf, size, arg);
	}
}

void record_input_what(const struct input *input, char *buf, size_t size)
{
	switch (input->kind) {
	case INPUT_IRQFD: snprintf(buf, size, "%u", input->gsi); break;
	case INPUT_AWAY:
	case INPUT_BACK: snprintf(buf, size, "%u", input->vcpu); break;
	case INPUT_WAKE:
		snprintf(buf, size, "%d %u", input->wake.fd,
			 input->wake.events);
		break;
	case INPUT_REQUEST:
		request_what(input->request.obj, input->request.row,
			     input->request.arg, buf, size);
		break;
	}
}

static void mmio_what(const struct kvm_run *run, char *buf, size_t size)
{
	uint32_t len = run->mmio.len <= 8 ? run->mmio.len : 8;

	snprintf(buf, size, "KVM_EXIT_MMIO %s %llx %u%s",
		 run->mmio.is_write ? "write" : "read",
		 (unsigned long long)run->mmio.phys_addr, len,
		 run->mmio.is_write ? " " : "");
	if (run->mmio.is_write)
		add_hex(buf, size, run->mmio.data, len);
}

void record_exit_what(struct vcpu *vcpu, long ret, char *buf, size_t size)
{
	const struct kvm_run *run = vcpu->run;

	if (ret < 0)
		snprintf(buf, size, "errno %ld", -ret);
	else if (run->exit_reason == KVM_EXIT_MMIO)
		mmio_what(run, buf, size);
	else if (run->exit_reason == KVM_EXIT_HYPERCALL)
		snprintf(buf, size, "KVM_EXIT_HYPERCALL %llx",
			 (unsigned long long)run->hypercall.nr);
	else
		snprintf(buf, size, "%s", exit_name(run));
}

bool record_mmio_read(const struct vcpu *vcpu)
{
	return vcpu->mmio_needed && vcpu->run->exit_reason == KVM_EXIT_MMIO &&
	       !vcpu->run->mmio.is_write;
}

void record_enter_what(const struct vcpu *vcpu, char *buf, size_t size)
{
	uint32_t len = vcpu->run->mmio.len <= 8 ? vcpu->run->mmio.len : 8;

	*buf = '\0';
	add_hex(buf, size, vcpu->run->mmio.data, len);
}

bool record_mmio_set(struct vcpu *vcpu, const char *what)
{
	uint8_t data[8];
	size_t len = strlen(what) / 2;

	for (size_t i = 0; i < len && i < sizeof(data); i++)
		if (sscanf(what + 2 * i, "%2hhx", &data[i]) != 1)
			return false;
	if (len > sizeof(data) || len != vcpu->run->mmio.len)
		return false;
	memcpy(vcpu->run->mmio.data, data, len);
	return true;
}

/* ---- where and whether it stands in the file ------------------------------ */

bool record_is_told(const struct input *input)
{
	const char *name;

	if (input->kind != INPUT_REQUEST)
		return true;
	name = input->request.row->name;
	return !strstr(name, "_GET_") && !strstr(name, "_HAS_") &&
	       !strstr(name, "_CHECK_");
}

void record_point(struct vcpu *vcpu, uint64_t exits, struct input_point *at)
{
	*at = (struct input_point){.cycle = vcpu->turn.local,
				   .owner = (int)vcpu->index,
				   .exits = exits};
}

void record_path(const char *option, unsigned int n, char *buf, size_t size)
{
	if (n == 1)
		snprintf(buf, size, "%s", option);
	else
		snprintf(buf, size, "%s.%u", option, n);
}

/* ---- the head ------------------------------------------------------------ */

/* FNV-1a, of what a profile changes; 0: nothing. */
static uint64_t hash_add(uint64_t hash, const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
	return hash;
}

static uint64_t costs_hash(const struct cost_profile *p)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (unsigned int i = 0; i < p->nr; i++) {
		const struct cost_change *c = &p->changes[i];
		const char *row = c->model->rows[c->row].name;

		hash = hash_add(hash, c->model->name, strlen(c->model->name));
		hash = hash_add(hash, row, strlen(row));
		hash = hash_add(hash, &c->cycles, sizeof(c->cycles));
	}
	return p->nr ? hash : 0;
}

void record_head_now(struct record_head *h, unsigned int vcpus)
{
	const struct kernel_clock_options *opts = kernel_clock();
	const char *host = kernel_profile_name();

	snprintf(h->arch, sizeof(h->arch), "%s", kernel_arch()->name);
	snprintf(h->host, sizeof(h->host), "%s", host ? host : "-");
	snprintf(h->core, sizeof(h->core), "%s", opts->core ? opts->core : "-");
	snprintf(h->irqchip, sizeof(h->irqchip), "%s",
		 opts->irqchip ? opts->irqchip : "-");
	h->quantum = opts->quantum;
	h->costs = costs_hash(kernel_cost_profile());
	h->vcpus = vcpus;
}
