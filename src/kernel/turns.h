/* SPDX-License-Identifier: MIT */
/*
 * Counted time: the vCPUs of a VM take turns, and what comes from outside
 * enters in between (clock-cycles.c, turns.c, gate.c, quiet.c; docs/clock.md).
 *
 * At most one vCPU executes at any moment, on its own thread. Time goes in
 * windows of one quantum: each vCPU that can run does, the one that is furthest
 * behind first and of several the lowest index, until its local time is past
 * the window's end or it halts. A vCPU that leaves KVM_RUN to the VMM keeps its
 * turn, and time stands still until it is back.
 *
 * turns->lock is below irqfd_lock and held around what drives the timers and the
 * irqchip, and around most of input_hook. The gate is no lock, but who
 * is inside keeps all vCPUs from executing: it is entered with nothing held but
 * a vcpu->lock, outside vm->lock and all below it (kernel/vm.h).
 */
#ifndef FAUXKVM_KERNEL_TURNS_H
#define FAUXKVM_KERNEL_TURNS_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/types.h"
#include "kernel/input.h"
#include "kernel/time.h"

struct turns;

/* Of a vCPU; zeroed but for what turn_init() sets. */
struct vcpu_turn {
	/* ---- turns->lock ---- */
	uint64_t local; /* its time when it executed last */
	atomic_bool in; /* its thread is in KVM_RUN; read without, too */
	bool away;      /* the others don't wait for it */
	bool parked;    /* likewise: its thread has another vCPU */
	bool keeps;     /* it has left KVM_RUN in the middle of its turn */

	/* ---- who executes a vCPU of the VM, or is inside the gate ---- */
	bool halted;
	uint64_t since;        /* not before this it goes on, or NO_DEADLINE */
	_Atomic uint64_t due;  /* irqchip_vcpu_due() is due, or NO_DEADLINE */
	_Atomic uint64_t owed; /* cycles that others spent in its name */

	/* ---- its own thread ---- */
	bool running;   /* it executes */
	bool output;    /* the VMM may have to do something before it goes on */
	uint64_t end;   /* of its turn, local time */
	uint64_t input; /* input_hook has to be asked then */
	uint64_t floor; /* local time when the turn began */
	uint64_t as_of; /* what happens now happened then, or NO_DEADLINE */
};

/* NULL: no memory. */
struct turns *turns_new(uint64_t quantum, unsigned int wait_ms);
void turns_free(struct turns *turns);
void turn_init(struct vcpu *vcpu);

/* ---- the vCPU's thread, in KVM_RUN --------------------------------------- */

/* Wait for its turn, or go on with it. False: KVM_RUN has to look whether it
 * was kicked, the vCPU has not the turn. */
bool turn_take(struct vcpu *vcpu);
/* KVM_RUN returns @ret. */
void turn_out(struct vcpu *vcpu, long ret);
/* It waits for an interrupt from now on, unless there is one. */
void turn_halt(struct vcpu *vcpu);
/* It has nothing to do until another vCPU did something. */
void turn_spin(struct vcpu *vcpu);
/* The VMM was told something by an eventfd. */
void turn_output(struct vm *vm);

/* ---- who executes a vCPU of the VM, or is inside the gate ---------------- */

/* Interrupt inputs of @vcpu are up: if it is halted it goes on. */
void turn_pins(struct vcpu *vcpu);
/* It is switched on. */
void turn_start(struct vcpu *vcpu);
/* The VMM has changed its registers: it goes on from there. */
void turn_changed(struct vcpu *vcpu);
/* clock_ops.deadline, due_at, charge. */
void turn_deadline(struct vm *vm);
void turn_due(struct vcpu *vcpu, uint64_t ns);
void turn_charge(struct vcpu *vcpu, uint64_t cycles);

/* ---- the gate ------------------------------------------------------------ */

struct gate_pass {
	struct input input;
	bool told;  /* input_hook hears of it */
	bool brief; /* inside it waits for no other thread's request */
	bool admitted, forced; /* gate.c */
	uint64_t nr;           /* likewise: it was the nr-th to wait; 0: none */
	struct gate_pass *next;
};

/* Wait until what comes from outside may enter; until gate_end() no vCPU
 * executes. On a thread that executes a vCPU of @vm it is inside already. */
void gate_begin(struct vm *vm, struct gate_pass *pass);
/* False: it would have to wait. */
bool gate_try(struct vm *vm, struct gate_pass *pass);
/* Likewise, but it waits for a brief one that is inside. */
bool gate_try_after_brief(struct vm *vm, struct gate_pass *pass);
void gate_end(struct vm *vm, struct gate_pass *pass);
/* An input of one who is inside; false: input_hook wants it later. */
bool gate_input(struct vm *vm, struct input *input);

/* ---- time ---------------------------------------------------------------- */

/* Of the vCPU that this thread executes, else of the VM. */
uint64_t turns_now(struct vm *vm);
/* The same as the guest's counters show it: not before what any vCPU has seen
 * there. @see: this vCPU sees it. */
uint64_t turns_count(struct vm *vm, bool see);

/* CLOCK_MONOTONIC. */
uint64_t host_ns(void);

#endif
