/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: an MPIC from both sides, by the VM of tests/mpic/mpic-fake.h.
 * Guests' accesses of any width anywhere in the frame, attributes of any number
 * from any pointer, vCPUs connected as any CPU, pins, messages, the external
 * proxy, and time that passes or does not count.
 */
#include "fuzz.h"
#include "mpic/mpic-internal.h"
#include "tests/mpic/mpic-fake.h"

const size_t fuzz_input_max = 4096;

/* Mostly where registers are. */
static uint64_t offset(struct fuzz_input *in)
{
	static const uint32_t bases[] = {
		0,    0x1000, 0x1100, 0x1600,       0x3800,  IVPR,
		IVPR, IVPR,   CPU,    CPU + 0x1000, 0x3f000, 0x11f00};
	uint8_t how = fuzz_u8(in);

	if (how >= 0xf8)
		return fuzz_u32(in) % MPIC_SIZE;
	if (how & 1)
		return bases[how / 2 % 12] + (fuzz_u8(in) & 0xf0);
	return bases[how / 2 % 12] + fuzz_u16(in) % 0x400;
}

/* Values whose bits mean something at most registers. */
static uint32_t value(struct fuzz_input *in)
{
	uint8_t how = fuzz_u8(in);

	switch (how & 7) {
	case 0: return fuzz_u32(in);
	case 1: return how & 8 ? GCR_RST : 0x60000000;
	case 2: return how >> 3;
	case 3: return 1u << (how >> 3);
	case 4: return MASK | PRIORITY(how >> 4);
	default: return PRIORITY(how >> 4) | (how & 8 ? SENSE : 0) | how;
	}
}

static void guest(struct fake_vm *f, struct fuzz_input *in)
{
	unsigned int v = fuzz_below(in, FAKE_VCPUS);
	unsigned int len = 1u << fuzz_below(in, 4);
	uint64_t off = offset(in), val = value(in);

	/* The bus has no access that leaves a frame. */
	if (!f->frame || off + len > MPIC_SIZE)
		return;
	if (fuzz_u8(in) & 1) {
		guest_write(f, v, off, len, val);
	} else if (guest_read(f, v, off, len, &val) && len < 4 && val >> 8) {
		fuzz_fail("%u bytes at %#lx read %#lx", len, off, val);
	}
}

static void attribute(struct fake_vm *f, struct fuzz_input *in)
{
	uint8_t how = fuzz_u8(in);
	uint32_t group = how % 8 < 4 ? KVM_DEV_MPIC_GRP_REGISTER : how % 8 - 4;
	uint64_t buf[2] = {value(in), 0x5afe}, nr = fuzz_u16(in) % 300;
	void *addr = how >= 0xf0 ? BAD_POINTER : buf;

	if (group == KVM_DEV_MPIC_GRP_REGISTER)
		nr = offset(in);
	else if (group == KVM_DEV_MPIC_GRP_MISC)
		nr = how >> 7;
	if (how == 0xef)
		nr = fuzz_u64(in);
	if (group == KVM_DEV_MPIC_GRP_MISC && how & 0x40)
		buf[0] = fuzz_u64(in) & ~0x3ffffull;
	else if (group == KVM_DEV_MPIC_GRP_IRQ_ACTIVE)
		buf[0] &= 1;
	switch (how >> 3 & 3) {
	case 0: attr_get(f, group, nr, addr); break;
	case 1: attr_has(f, group, nr); break;
	default: attr_set(f, group, nr, addr);
	}
	if (buf[1] != 0x5afe)
		fuzz_fail("group %u attribute %#lx: too much is written", group,
			  nr);
}

static void other(struct fake_vm *f, struct fuzz_input *in)
{
	struct irqchip_msi msi = {.doorbell = fuzz_u16(in)};
	unsigned int v = fuzz_below(in, FAKE_VCPUS);
	uint32_t epr;

	switch (fuzz_below(in, 6)) {
	case 0: mpic_connect(f->dev, &f->vm, v, fuzz_below(in, 34)); break;
	case 1: /* Often one that other operations have set up. */
		irqchip_set_pin(f->vm.irqchip, fuzz_u16(in) % 260,
				(int)fuzz_u32(in));
		break;
	case 2:
		msi.data = fuzz_u32(in);
		irqchip_msi(f->vm.irqchip, &msi);
		break;
	case 3: mpic_take_epr(f->vm.irqchip, v, &epr); break;
	case 4: irqchip_vcpu_sync(f->vm.irqchip, v); break;
	default:
		if (f->vm.counted)
			time_is(f, f->now + fuzz_below(in, 64));
	}
}

/* A set knows its priorities, nothing is on its way twice or out of order. */
static void check(struct fake_vm *f)
{
	const struct mpic *m = container_of(f->dev, struct mpic, dev);

	for (unsigned int i = 0; i < MPIC_NR_CPUS; i++) {
		const struct mpic_cpu *c = &m->cpu[i];

		for (unsigned int p = 0; p < MPIC_PRIORITIES; p++) {
			uint64_t any = 0;

			for (unsigned int k = 0; k < 5; k++)
				any |= c->raised.member[p][k];
			if (!any != !(c->raised.levels >> p & 1))
				fuzz_fail("CPU %u: priority %u", i, p);
		}
		for (unsigned int k = 1; k < c->nr_flights; k++)
			if (c->flight[k].arrival < c->flight[k - 1].arrival)
				fuzz_fail("CPU %u: flight %u", i, k);
		if (c->nr_flights > MPIC_NR_SOURCES)
			fuzz_fail("CPU %u: %u flights", i, c->nr_flights);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};
	uint8_t how = fuzz_u8(&in);
	struct fake_vm *f = fake_new(how & 1 ? &mpic_42_type : &mpic_20_type,
				     how >> 2 & 7, how & 2);

	while (!fuzz_empty(&in)) {
		switch (fuzz_below(&in, 8)) {
		case 0 ... 3: guest(f, &in); break;
		case 4 ... 5: attribute(f, &in); break;
		default: other(f, &in);
		}
	}
	check(f);
	if (f->vm.counted) {
		time_is(f, UINT64_MAX - 1);
		for (unsigned int v = 0; v < FAKE_VCPUS; v++)
			if (f->due[v] != UINT64_MAX)
				fuzz_fail("vCPU %u: something never arrives",
					  v);
	}
	fake_free(f);
	return 0;
}
