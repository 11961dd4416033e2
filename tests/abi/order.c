/* SPDX-License-Identifier: MIT */
/*
 * The guest of order.h, and how a VMM sets its GIC up.
 */
#include "order.h"

uint32_t cpu_get(const struct abi_vm *v, uint32_t off)
{
	uint32_t val = 0xdeadbeef;

	NEED(abi_attr(v->gic, KVM_GET_DEVICE_ATTR,
		      KVM_DEV_ARM_VGIC_GRP_CPU_REGS, off, &val) == 0);
	return val;
}

void cpu_set(const struct abi_vm *v, uint32_t off, uint32_t val)
{
	NEED(abi_attr(v->gic, KVM_SET_DEVICE_ATTR,
		      KVM_DEV_ARM_VGIC_GRP_CPU_REGS, off, &val) == 0);
}

uint64_t icc_get(const struct abi_vm *v, uint32_t enc)
{
	uint64_t val = 0xdeadbeef;

	NEED(abi_attr(v->gic, KVM_GET_DEVICE_ATTR,
		      KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, enc, &val) == 0);
	return val;
}

void icc_set(const struct abi_vm *v, uint32_t enc, uint64_t val)
{
	NEED(abi_attr(v->gic, KVM_SET_DEVICE_ATTR,
		      KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, enc, &val) == 0);
}

void spi_line(const struct abi_vm *v, unsigned int intid, int level)
{
	struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | intid,
		.level = level,
	};

	NEED(ioctl(v->vm, KVM_IRQ_LINE, &line) == 0);
}

void spis_enable(const struct abi_vm *v, uint32_t bits)
{
	abi_dist_set(v, GICD_ISENABLE + 4, bits);
}

uint32_t pending(const struct abi_vm *v)
{
	return abi_dist_get(v, GICD_ISPEND + 4);
}

void trigger(const struct abi_vm *v, bool edge)
{
	abi_dist_set(v, GICD_ICFGR + 8, edge ? 0xaaaaaaaa : 0xaaa8aaaa);
}

static void nothing_first(struct abi_vm *v)
{
}

void order_open(struct abi_vm *v)
{
	order_open_with(v, nothing_first);
}

void order_open_with(struct abi_vm *v, void (*first)(struct abi_vm *v))
{
	abi_vm_open_with(v, ABI_GICV3, first);
	abi_dist_set(v, GICD_CTLR, 2);
	for (unsigned int i = 32; i < 96; i += 4)
		abi_dist_set(v, GICD_PRIORITY + i, 0xa0a0a0a0);
	icc_set(v, ICC_PMR, 0xff);
	icc_set(v, ICC_IGRPEN1, 1);
	GUEST(v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_PAUSE(2), ASM_MRS(0, ICC_IAR1),
	      ASM_STR(0, 1), ASM_MSR(ICC_EOIR1, 0), ASM_ISB, ASM_B(-7));
}

void order_open_v2(struct abi_vm *v)
{
	abi_vm_open(v, ABI_GICV2);
	abi_dist_set(v, GICD_CTLR, 1);
	cpu_set(v, 0x00, 1);
	cpu_set(v, 0x04, 0x1f);
	GUEST(v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_MOVZ(3, 0x0801, 1),
	      ASM_ADD_IMM(4, 3, 0x10), ASM_ADD_IMM(3, 3, 0x0c), ASM_PAUSE(2),
	      ASM_LDR_W(0, 3), ASM_STR(0, 1), ASM_STR_W(0, 4), ASM_B(-6));
}

unsigned int order_next(struct abi_vm *v)
{
	uint32_t intid;

	NEED(abi_run(v) == KVM_EXIT_MMIO);
	memcpy(&intid, v->run->mmio.data, sizeof(intid));
	return intid;
}

void order_is(struct abi_vm *v, const unsigned int *want, bool all)
{
	for (; *want; want++)
		EQUAL(order_next(v), *want);
	if (all)
		EQUAL(order_next(v), 1023);
}
