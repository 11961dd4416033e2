/* SPDX-License-Identifier: MIT */
/*
 * Random calls about an ITS: its registers, commands in its queue, tables
 * saved and restored, and the tables as they then are in guest memory. See
 * random.h.
 */
#include "random.h"

#include <stdio.h>
#include <string.h>

#define GITS_CTLR    0x0
#define GITS_CBASER  0x80
#define GITS_CWRITER 0x88
#define GITS_CREADR  0x90
#define GITS_BASER   0x100

#define REGS KVM_DEV_ARM_VGIC_GRP_ITS_REGS

static int pick_its(unsigned int *vm)
{
	return pick_dev(odd(150) ? DEV_ITS2 : DEV_ITS, vm);
}

static uint64_t its_value(uint64_t off)
{
	switch (off) {
	case GITS_CTLR: return below(2);
	case GITS_CBASER: return 1ull << 63 | (RAM_GPA + OFF_QUEUE);
	case GITS_CWRITER:
	case GITS_CREADR: return below(128) * 32;
	case GITS_BASER: return 1ull << 63 | (RAM_GPA + OFF_DEVICES);
	case GITS_BASER + 8: return 1ull << 63 | (RAM_GPA + OFF_COLLS);
	default: return wild();
	}
}

static void its_attr(void)
{
	unsigned int vm;
	int fd = pick_its(&vm);
	uint64_t off = ONE_OF(GITS_CTLR, GITS_CTLR, 4, 8, 0xc, GITS_CBASER,
			      GITS_CWRITER, GITS_CREADR, GITS_BASER,
			      GITS_BASER + 8, GITS_BASER + 16, 0xffe8, 0xffd0);
	uint64_t request = ONE_OF(KVM_SET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR,
				  KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR);
	uint64_t val = odd(250) ? wild() : its_value(off);

	if (odd(60))
		off = below(0x10010);
	say(" ");
	attr_call(fd, request, REGS, off, val, 8);
}

static void its_ctrl(void)
{
	unsigned int vm;
	int fd = pick_its(&vm);
	uint64_t request =
		odd(100) ? ONE_OF(KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR)
			 : KVM_SET_DEVICE_ATTR;
	uint32_t group = KVM_DEV_ARM_VGIC_GRP_CTRL;
	uint64_t attr = odd(50) ? wild() : below(5), val = 0;

	if (odd(100)) {
		group = KVM_DEV_ARM_VGIC_GRP_ADDR;
		attr = odd(300) ? below(6) : 4;
		val = ONE_OF(GPA_ITS, GPA_ITS + 0x40000, 0, GPA_GICD,
			     GPA_ITS + 0x100, 1ull << 40);
	}
	say(" ");
	attr_call(fd, request, group, attr, val, 8);
}

static long its_get(int fd, uint64_t off, uint64_t *val)
{
	struct kvm_device_attr a = {
		.group = REGS, .attr = off, .addr = (uintptr_t)val};

	return ioctl(fd, KVM_GET_DEVICE_ATTR, &a);
}

/* Everything where it should be, and on; LPIs of both vCPUs as well. */
static void its_on(void)
{
	unsigned int vm;
	int fd = pick_its(&vm), gic = world.dev[vm][DEV_GIC];
	uint64_t val;

	for (uint64_t off = GITS_CBASER; off <= GITS_BASER + 8; off += 8) {
		if (off != GITS_CBASER && off < GITS_BASER)
			continue;
		val = its_value(off);
		say(" %d", attr_quiet(fd, REGS, off, &val));
	}
	for (uint64_t cpu = 0; cpu < 2; cpu++) {
		uint32_t prop = (RAM_GPA + OFF_PROP) | 13;
		uint32_t pend = RAM_GPA + OFF_PEND + (cpu << 16), on = 1;

		say(" %d", attr_quiet(gic, 5, cpu << 32 | 0x70, &prop));
		say(" %d", attr_quiet(gic, 5, cpu << 32 | 0x78, &pend));
		say(" %d", attr_quiet(gic, 5, cpu << 32, &on));
	}
	memset(RAM_HVA(vm) + OFF_PROP, odd(300) ? 0xa0 : 0xa1, 64);
	val = 1;
	say(" %d", attr_quiet(fd, REGS, GITS_CTLR, &val));
	say(" =");
}

/* ---- commands (IHI 0069H 5.3) -------------------------------------------- */

static void command(uint64_t *c)
{
	uint64_t dev = below(4), event = below(6), icid = below(3);
	uint64_t intid = 8192 + below(16), valid = odd(850);

	memset(c, 0, 32);
	if (odd(40))
		dev = wild() & 0xffffffff;
	if (odd(40))
		event = wild() & 0xffffffff;
	if (odd(40))
		icid = wild() & 0xffff;
	if (odd(40))
		intid = ONE_OF(0, 8191, 16383, 16384, 0x10000, 0xffffffff);
	c[0] = dev << 32 | ONE_OF(0x8, 0x8, 0x9, 0x9, 0xa, 0xa, 0xa, 0xb, 0x3,
				  0x3, 0x4, 0xf, 0xc, 0xd, 0x1, 0xe, 0x5);
	switch (c[0] & 0xff) {
	case 0x8: /* MAPD */
		c[1] = odd(50) ? below(32) : 4;
		c[2] = valid << 63 | (RAM_GPA + OFF_ITTS + (dev & 3) * 0x100);
		break;
	case 0x9: /* MAPC */
		c[2] = valid << 63 |
		       (uint64_t)(odd(50) ? below(6) : below(2)) << 16 | icid;
		break;
	case 0xa: /* MAPTI */
		c[1] = event | intid << 32;
		c[2] = icid;
		break;
	case 0xb: /* MAPI */
		c[1] = odd(500) ? event : intid;
		c[2] = icid;
		break;
	case 0xe: /* MOVALL */
		c[2] = (uint64_t)below(2) << 16;
		c[3] = (uint64_t)below(2) << 16;
		break;
	case 0x5: c[2] = (uint64_t)below(2) << 16; break;
	default: c[1] = event; c[2] = icid;
	}
	if (odd(20))
		c[0] = wild();
	say(" {%llx %llx %llx}", (unsigned long long)c[0],
	    (unsigned long long)c[1], (unsigned long long)c[2]);
}

static void its_commands(void)
{
	unsigned int vm;
	int fd = pick_its(&vm);
	unsigned int n = 1 + below(5);
	uint64_t at = 0, c[4], val;

	if (its_get(fd, GITS_CREADR, &at)) {
		answer(-1);
		return;
	}
	say(" at %#llx", (unsigned long long)at);
	for (unsigned int i = 0; i < n; i++) {
		command(c);
		memcpy(RAM_HVA(vm) + OFF_QUEUE + (at & 0xfe0), c, 32);
		at = (at + 32) & 0xfe0;
	}
	say(" = %d", attr_quiet(fd, REGS, GITS_CWRITER, &at));
	its_get(fd, GITS_CREADR, &val);
	say(" creadr=%#llx", (unsigned long long)val);
}

/* ---- tables -------------------------------------------------------------- */

static void say_table(const uint8_t *at, const char *name, unsigned int n)
{
	uint64_t val;

	say(" %s", name);
	for (unsigned int i = 0; i < n; i++) {
		memcpy(&val, at + i * 8, 8);
		if (val)
			say(" %u:%llx", i, (unsigned long long)val);
	}
}

static void its_tables(void)
{
	unsigned int vm = odd(150) ? below(NR_VMS) : 0;
	const uint8_t *ram = RAM_HVA(vm);

	say("vm%u", vm);
	say_table(ram + OFF_DEVICES, "devices", 16);
	say_table(ram + OFF_COLLS, "collections", 8);
	say_table(ram + OFF_ITTS, "itts", 128);
	say_table(ram + OFF_PEND + 1024, "pending", 4);
	say_table(ram + OFF_PEND + 0x10000 + 1024, "pending", 4);
	say(" =");
}

static void its_scribble(void)
{
	unsigned int vm = odd(150) ? below(NR_VMS) : 0;
	uint64_t off =
		odd(300) ? OFF_COLLS + below(8) * 8 : OFF_ITTS + below(64) * 8;
	uint64_t val = odd(300) ? wild() : 0;

	if (odd(300))
		off = OFF_DEVICES + below(8) * 8;
	if (odd(200)) {
		off = OFF_PROP + below(16);
		val = rnd() & 0x0101010101010101;
	}
	say("vm%u+%#llx %#llx =", vm, (unsigned long long)off,
	    (unsigned long long)val);
	memcpy(RAM_HVA(vm) + off, &val, 8);
}

const struct op ops_its[] = {
	{"its attr", its_attr, 30},
	{"its ctrl", its_ctrl, 26},
	{"its on", its_on, 12},
	{"its commands", its_commands, 36},
	{"its tables", its_tables, 12},
	{"ram", its_scribble, 8},
	{0},
};
