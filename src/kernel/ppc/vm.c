/* SPDX-License-Identifier: MIT */
/*
 * The PowerPC VM: its type, and the requests of its descriptor that only
 * PowerPC has or answers in its own way.
 */
#include "kernel/ppc/ppc.h"

#include <errno.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/irq.h"

/*
 * The timebase, as long as no core runs: 1 GHz, what QEMU takes when the host's
 * /proc/cpuinfo does not tell it a rate.
 */
#define TIMEBASE_HZ NS_PER_S

/* ---- life ---------------------------------------------------------------- */

long ppc_vm_new(unsigned long type, struct vm **vm)
{
	/* 0: what there is. The kernel of this host has no hypervisor mode. */
	if (type != 0 && type != KVM_VM_PPC_PR)
		return refuse(EINVAL, FKVM_VM_TYPE,
			      "type %#lx, there are 0 and %u (PR)", type,
			      KVM_VM_PPC_PR);
	*vm = calloc(1, sizeof(**vm));
	if (!*vm)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for the VM");
	/* Linux has no limit for a slot here, but that it must not wrap. */
	(*vm)->gpa_limit = UINT64_MAX;
	return 0;
}

int ppc_vm_init(struct vm *vm)
{
	vm->clock.hz = TIMEBASE_HZ;
	return 0;
}

void ppc_vm_free(struct vm *vm)
{
	free(vm);
}

/* Nothing is cached until there is a core. */
void ppc_vm_flush(struct vm *vm, unsigned int what)
{
}

/* ---- requests ------------------------------------------------------------ */

long ppc_irq_line(struct vm *vm, struct kvm_irq_level *irq)
{
	if (!vm_has_irqchip(vm))
		return refuse(ENXIO, FKVM_IRQCHIP_NONE,
			      "the VM has no irqchip");
	irq->status = routing_set_level(vm, irq->irq, irq->level);
	return 0;
}

long ppc_ioctl_get_dirty_log(struct kobj *obj, void *arg, unsigned long user)
{
	return refuse(EOPNOTSUPP, FKVM_PPC_DIRTY,
		      "KVM for this core logs no writes");
}

/* In the order of the guest's memory, which is big endian. */
static void put_instruction(uint32_t *to, uint32_t insn)
{
	*to = __builtin_bswap32(insn);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "the model's hosts are little endian");

long ppc_ioctl_get_pvinfo(struct kobj *obj, void *arg, unsigned long user)
{
	struct kvm_ppc_pvinfo info = {.flags = KVM_PPC_PVINFO_FLAGS_EV_IDLE};

	/* What a guest has in r0 to call KVM: "KVM!". */
	put_instruction(&info.hcall[0], 0x3c004b56); /* lis r0, 0x4b56 */
	put_instruction(&info.hcall[1], 0x60004d21); /* ori r0, r0, 0x4d21 */
	put_instruction(&info.hcall[2], 0x44000002); /* sc */
	put_instruction(&info.hcall[3], 0x60000000); /* nop */
	return copy_to_user((void *)user, &info, sizeof(info));
}
