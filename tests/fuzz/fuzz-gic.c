/* SPDX-License-Identifier: MIT */
/*
 * Operations on interrupt controllers: attributes that name registers, and an
 * ITS whose tables and command queue lie in guest memory full of what the
 * input says. The registers are reached as user space reaches them.
 */
#include "fuzz-gic.h"

#include <fauxkvm/kvm.h>
#include <stdint.h>

#include "fuzz-args.h"
#include "tests/gic/gic-regs.h"

#define DIST     KVM_DEV_ARM_VGIC_GRP_DIST_REGS
#define REDIST   KVM_DEV_ARM_VGIC_GRP_REDIST_REGS
#define SYSREGS  KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS
#define ITS_REGS KVM_DEV_ARM_VGIC_GRP_ITS_REGS
#define CTRL     KVM_DEV_ARM_VGIC_GRP_CTRL

#define ITS_QUEUE  (RAM_BASE + 0x80000)
#define ITS_TABLES (RAM_BASE + 0x90000)
#define VALID      (1ull << 63)

/* @dev: a device's descriptor; the answer is not looked at. */
static long attr(fuzz_request *request, struct kobj *dev, uint8_t *scratch,
		 unsigned int cmd, uint32_t group, uint64_t nr, uint64_t val)
{
	struct kvm_device_attr *a = (void *)scratch;
	uint64_t *p = (uint64_t *)(scratch + 64);

	*p = val;
	*a = (struct kvm_device_attr){
		.group = group, .attr = nr, .addr = (uintptr_t)p};
	return request(dev, cmd, (uintptr_t)a);
}

static bool is_its(const struct kobj *dev)
{
	return strstr(dev->name, "its");
}

void fuzz_attribute(struct fuzz_input *in, fuzz_request *request,
		    struct kobj *dev, uint8_t *scratch)
{
	static const uint32_t groups[] = {DIST,
					  KVM_DEV_ARM_VGIC_GRP_CPU_REGS,
					  REDIST,
					  SYSREGS,
					  KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO,
					  DIST,
					  REDIST,
					  ITS_REGS};
	static const unsigned int cmds[] = {
		KVM_SET_DEVICE_ATTR, KVM_SET_DEVICE_ATTR, KVM_SET_DEVICE_ATTR,
		KVM_GET_DEVICE_ATTR, KVM_HAS_DEVICE_ATTR,
	};
	uint32_t group = groups[fuzz_below(in, 8)];
	uint64_t nr = fuzz_u16(in) & 0xfffc;
	uint8_t how = fuzz_u8(in);

	if (is_its(dev)) {
		group = how & 1 ? ITS_REGS : CTRL;
		nr = how & 1 ? nr & 0x1f8 : how >> 5;
	} else if (group == SYSREGS) {
		/* op0 3, op1 0, CRn 12 or 4: the CPU interface */
		nr = 3 << 14 | (how & 0x20 ? 12 : 4) << 7 | (nr >> 2 & 0x7f);
	} else if (group == REDIST) {
		nr |= (how & 0x40) << 10; /* the second frame */
	} else if (how & 0x80) {
		nr &= 0xffc; /* most registers are at the start */
	}
	if (how & 2)
		nr |= (uint64_t)fuzz_below(in, 3) << 32;
	attr(request, dev, scratch, cmds[fuzz_below(in, 5)], group, nr,
	     fuzz_value(in));
}

/* Commands: MOVI .. INVALL, as often as not well formed. */
static void command(struct fuzz_input *in, uint64_t *cmd)
{
	static const uint8_t ops[] = {ITS_MOVI,   ITS_INT,    ITS_CLEAR,
				      ITS_SYNC,   ITS_MAPD,   ITS_MAPC,
				      ITS_MAPTI,  ITS_MAPI,   ITS_INV,
				      ITS_INVALL, ITS_MOVALL, ITS_DISCARD};
	uint8_t how = fuzz_u8(in);

	cmd[0] = ops[fuzz_below(in, 12)] | (uint64_t)fuzz_below(in, 4) << 32;
	cmd[1] = fuzz_below(in, 8) | (uint64_t)(8192 + fuzz_u8(in)) << 32;
	cmd[2] = fuzz_below(in, 4);
	cmd[3] = 0;
	switch (how & 7) {
	case 0: /* MAPD: size and table */
		cmd[0] = ITS_MAPD | (uint64_t)fuzz_below(in, 4) << 32;
		cmd[1] = fuzz_below(in, 16);
		cmd[2] = VALID | (ITS_TABLES + 0x8000 + (how >> 3) * 0x100);
		break;
	case 1: /* MAPC */
		cmd[0] = ITS_MAPC;
		cmd[2] = (how & 8 ? 0 : VALID) | (how >> 4 & 3) << 16 |
			 fuzz_below(in, 4);
		break;
	case 2: /* MAPTI */
		cmd[0] = ITS_MAPTI | (uint64_t)fuzz_below(in, 4) << 32;
		break;
	case 3: cmd[how >> 3 & 3] = fuzz_u64(in); break;
	}
}

void fuzz_its(struct fuzz_input *in, fuzz_request *request, struct kobj *dev,
	      uint8_t *scratch)
{
	static const uint64_t good[3][4] = {
		/* MAPD 0, MAPC 0 to vCPU 0, MAPTI event 0 to LPI 8192 */
		{ITS_MAPD, 7, VALID | (ITS_TABLES + 0x8000), 0},
		{ITS_MAPC, 0, VALID, 0},
		{ITS_MAPTI, 8192ull << 32, 0, 0},
	};
	uint64_t *queue = (uint64_t *)(fuzz_arena.base + ITS_QUEUE - RAM_BASE);
	uint32_t n = 1 + fuzz_below(in, 24);
	uint8_t how = fuzz_u8(in);

	if (!is_its(dev))
		return;
#define ITS(reg, val) \
	attr(request, dev, scratch, KVM_SET_DEVICE_ATTR, ITS_REGS, reg, val)
	ITS(GITS_CTLR, 0);
	ITS(GITS_BASER, VALID | ITS_TABLES | (how & 3));
	ITS(GITS_BASER + 8, (how & 4 ? VALID : 0) | (ITS_TABLES + 0x4000));
	ITS(GITS_CBASER,
	    VALID | (how & 8 ? fuzz_gpa(in) & ~0xfffull : ITS_QUEUE));
	ITS(GITS_CTLR, 1);
	for (uint32_t i = 0; i < n; i++)
		command(in, &queue[i * 4]);
	/* Without these most others are errors. */
	if (n > 3 && how & 1)
		memcpy(queue, good, sizeof(good));
	ITS(GITS_CWRITER, n * 32 | (how & 16));
	if (how & 32) /* save, then what is there or garbage is restored */
		attr(request, dev, scratch, KVM_SET_DEVICE_ATTR, CTRL,
		     KVM_DEV_ARM_ITS_SAVE_TABLES, 0);
	if (how & 64)
		for (int i = 0; i < 16; i++)
			((uint64_t *)(fuzz_arena.base + ITS_TABLES -
				      RAM_BASE))[fuzz_u16(in) & 0xfff] =
				fuzz_u64(in);
	if (how & 128)
		attr(request, dev, scratch, KVM_SET_DEVICE_ATTR, CTRL,
		     KVM_DEV_ARM_ITS_RESTORE_TABLES, 0);
#undef ITS
}

void fuzz_msi(struct fuzz_input *in, fuzz_request *request, struct kobj *vm,
	      uint8_t *scratch)
{
	struct kvm_msi *msi = (void *)scratch;

	*msi = (struct kvm_msi){
		.address_lo = ITS_BASE + GITS_TRANSLATER,
		.data = fuzz_below(in, 8),
		.flags = KVM_MSI_VALID_DEVID,
		.devid = fuzz_below(in, 4),
	};
	request(vm, KVM_SIGNAL_MSI, (uintptr_t)msi);
}
