/* SPDX-License-Identifier: MIT */
/*
 * Looking for what a VMM does and hardly means, see misuse.h. What has to be
 * sure is: a warning that is wrong once is never read again.
 */
#include "kernel/misuse.h"

#include <string.h>

#include "base/device.h"
#include "base/irqchip.h"
#include "base/thread-id.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

/* ---- a read that the VMM does not answer --------------------------------- */

/* Marks change, so that an answer equal to one by chance is so once. */
static uint64_t next_mark(uint64_t mark)
{
	return mark * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
}

/*
 * An answer that is the mark by chance would be taken for none, and the guest get what stood
 * there before: so few bytes are not marked, and the more answers there were, the fewer reads.
 */
#define MARK_LEAST 4

void misuse_read_begin(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	if (vcpu->vm->turns || run->mmio.len < MARK_LEAST)
		return;
	if (vcpu->mmio_unmarked) {
		vcpu->mmio_unmarked--;
		return;
	}
	vcpu->mmio_mark = next_mark(vcpu->mmio_mark);
	vcpu->mmio_marked = true;
	memcpy(&vcpu->mmio_was, run->mmio.data, sizeof(vcpu->mmio_was));
	memcpy(run->mmio.data, &vcpu->mmio_mark, sizeof(vcpu->mmio_mark));
}

/* So many in turn that at least eight bytes were equal by chance else. */
#define UNANSWERED_BYTES 8

void misuse_read_end(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	vcpu->mmio_marked = false;
	if (memcmp(run->mmio.data, &vcpu->mmio_mark, vcpu->mmio_len) != 0) {
		vcpu->mmio_unanswered = 0;
		vcpu->mmio_answered = vcpu->mmio_answered * 2 + 1;
		vcpu->mmio_unmarked = vcpu->mmio_answered;
		return;
	}
	memcpy(run->mmio.data, &vcpu->mmio_was, sizeof(vcpu->mmio_was));
	if (vcpu->mmio_unanswered < UNANSWERED_BYTES)
		vcpu->mmio_unanswered += vcpu->mmio_len;
	if (vcpu->mmio_unanswered >= UNANSWERED_BYTES)
		warn_once(&vcpu->warned, FKVM_MMIO_UNANSWERED,
			  "vCPU %u: KVM_RUN again, and the read of %u bytes at "
			  "%#llx is not answered",
			  vcpu->id, vcpu->mmio_len,
			  (unsigned long long)run->mmio.phys_addr);
}

/* ---- threads ------------------------------------------------------------- */

void misuse_thread(struct vcpu *vcpu)
{
	warn_once(&vcpu->warned, FKVM_RUN_THREAD,
		  "vCPU %u is run by thread %d, and was by thread %d", vcpu->id,
		  (int)thread_id(), (int)vcpu->last_tid);
}

/* ---- memory over frames -------------------------------------------------- */

static bool overlap(gpa_t a, uint64_t a_size, gpa_t b, uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

static void warn_of_slot(struct vm *vm, uint32_t id, gpa_t gpa, uint64_t size,
			 gpa_t frame, uint64_t frame_size)
{
	warn_once(&vm->dev.warned, FKVM_SLOT_FRAME,
		  "slot %u, %#llx+%#llx, covers the interrupt controller's "
		  "frame at %#llx+%#llx",
		  id, (unsigned long long)gpa, (unsigned long long)size,
		  (unsigned long long)frame, (unsigned long long)frame_size);
}

void misuse_slot(struct vm *vm, uint32_t id, gpa_t gpa, uint64_t size)
{
	const struct bus *b = atomic_load(&vm->bus[BUS_MMIO]);

	for (unsigned int i = 0; i < b->count + b->hardware; i++) {
		const struct bus_entry *e = &b->entry[i];

		if (e->kind == BUS_FRAME &&
		    overlap(gpa, size, e->base, e->size))
			warn_of_slot(vm, id, gpa, size, e->base, e->size);
	}
}

void misuse_frame(struct vm *vm, const struct mmio_frame *f)
{
	const struct memslots *slots = atomic_load(&vm->slots);
	const struct itree_node *n =
		itree_first(slots->root, f->base, f->base + f->size - 1);
	const struct memslot *s = n ? memslot_find(slots, n->start) : NULL;

	if (s)
		warn_of_slot(vm, s->id, s->gpa, s->size, f->base, f->size);
}

/* ---- interrupts ---------------------------------------------------------- */

static void warn_of_pin(struct vm *vm, unsigned int gsi, unsigned int pin,
			unsigned int pins)
{
	warn_once(&vm->dev.warned, FKVM_ROUTE_NOWHERE,
		  "gsi %u leads to pin %u, and the interrupt controller has "
		  "%u: its interrupts are lost",
		  gsi, pin, pins);
}

void misuse_routing(struct vm *vm, const struct routing *table)
{
	const unsigned int pins = irqchip_nr_pins(vm->dev.irqchip);

	if (!irqchip_initialised(vm->dev.irqchip))
		return;
	for (unsigned int gsi = 0; gsi < MAX_GSI; gsi++) {
		const struct route *r = &table->route[gsi];

		if (r->type == KVM_IRQ_ROUTING_IRQCHIP && r->pin >= pins)
			warn_of_pin(vm, gsi, r->pin, pins);
	}
}

/* A guest that takes so many without enabling the interrupt won't. */
#define UNHEARD_SIGNALS 64

unsigned int misuse_irqfd(struct vm *vm, unsigned int gsi, unsigned int before)
{
	const unsigned int pins = irqchip_nr_pins(vm->dev.irqchip);
	const int pin = routing_pin(vm, gsi);

	if (pin < 0)
		return 0;
	if ((unsigned int)pin >= pins) {
		warn_of_pin(vm, gsi, pin, pins);
		return 0;
	}
	if (!irqchip_pin_unheard(vm->dev.irqchip, pin))
		return 0;
	if (before + 1 >= UNHEARD_SIGNALS)
		warn_once(&vm->dev.warned, FKVM_IRQFD_UNHEARD,
			  "the irqfd of gsi %u has signalled %u times, and the "
			  "guest has not enabled the interrupt",
			  gsi, before + 1);
	return before + 1;
}
