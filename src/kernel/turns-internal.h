/* SPDX-License-Identifier: MIT */
/*
 * What the files of counted time share, see turns.h: turns.c, turns-pick.c,
 * turns-stand.c, turns-wait.c, gate.c, quiet.c, and those of records and wakes.
 */
#ifndef FAUXKVM_KERNEL_TURNS_INTERNAL_H
#define FAUXKVM_KERNEL_TURNS_INTERNAL_H

#include "kernel/turns.h"

struct quiet;

struct turns {
	pthread_mutex_t lock;
	pthread_cond_t gate; /* a pass was admitted */
	uint64_t quantum, wait_ns;
	uint64_t start;        /* of the window */
	struct vcpu *owner;    /* whose turn it is */
	struct vcpu *missed;   /* the owner, while it is out */
	uint64_t missed_since; /* host's ns */
	bool running;          /* it executes */
	struct vcpu
		*standing; /* the owner, if it has come and waits for the VMM */
	bool looking;      /* somebody asks whether the VMM sleeps */
	bool jump;         /* nobody can run before it: time is to jump */
	bool stood;        /* the VMM has been waited for */
	bool awaits;       /* input_hook keeps anybody from having a turn */
	unsigned int returning; /* vCPUs that are away and have come */
	bool begun;             /* a vCPU has come: the others are waited for */
	bool woken;             /* the VMM, by a wake: it is waited for */
	uint64_t stands_since;  /* host's ns; 0: time does not stand still */
	uint64_t patience_ns;   /* how long it does, by who has the turn */
	struct gate_pass *first, **last, *inside; /* waiting; inside */
	uint64_t passes;                          /* that have waited */
	uint64_t until; /* later ones wait for the next end; 0: no matter */
	uint64_t moves; /* counts whatever happens */
	uint64_t exits;
	_Atomic uint64_t frozen; /* time of the VM while no vCPU executes */
	_Atomic uint64_t seen;   /* the latest count that a guest has seen */
	struct quiet *quiet;
};

/* ---- turns-pick.c; lock held ---------------------------------------------- */

/* Find whose turn it is, let somebody in. */
void turns_pick(struct vm *vm);
/* It is not switched on, or no vCPU yet. */
bool turn_is_off(struct vcpu *vcpu);
/* Its thread, as far as we know it, is in KVM_RUN of another vCPU. */
bool turn_is_parked(struct vcpu *vcpu);
/* When it can execute next; NO_DEADLINE: it can't. */
uint64_t turn_next(struct vcpu *vcpu);
/* The vCPU that can execute first, NULL: none. *idle: all are halted. */
struct vcpu *turns_earliest(struct vm *vm, uint64_t *when, bool *idle);
/* Time of the VM is @ns at least. */
void turns_freeze(struct turns *t, uint64_t ns);
/* Where the window of @ns begins. */
uint64_t turns_window(const struct turns *t, uint64_t ns);
/* Time stands still because @vcpu is not in KVM_RUN: since when? */
void turn_miss(struct turns *t, struct vcpu *vcpu);
/* Does input_hook keep anybody from having a turn? */
bool turns_awaited(struct vm *vm);
/* A vCPU without which others went on takes part from the next window on, unless
 * input_hook wants it later. No vCPU executes. All: that have come; is there one? */
bool turn_come_back(struct vcpu *vcpu);
bool turns_come_back_all(struct vm *vm);

/* ---- turns.c: the thread of @vcpu ---------------------------------------- */

/* lock held: it executes from here on, and does no longer. */
void turn_begin(struct vcpu *vcpu);
void turn_pause(struct vcpu *vcpu);
/* It has the turn: what has happened since? False: that is over. */
bool turn_goes_on(struct vcpu *vcpu);
/* lock held. It can't go on now. What it waits for is no other vCPU: it keeps its
 * turn. */
void turn_end(struct vcpu *vcpu);

/* ---- turns-stand.c; lock held --------------------------------------------- */

/* Does the VMM come before @vcpu, whose turn it is? */
bool turn_has_to_stand(struct vcpu *vcpu);
/* Then time stands still. The lock was given up in between: look at everything
 * again. */
void turn_stand(struct vcpu *vcpu);

/* ---- others --------------------------------------------------------------- */

/* turns-wait.c; lock held: time may have stood still for long enough because who has
 * the turn does not come. */
void turns_look_for_owner(struct vm *vm);
/* gate.c; lock held: let the next one in if it may now. True: somebody is
 * inside. */
bool gate_admit(struct vm *vm);

/* quiet.c. Is the VMM asleep? Asked with turns->looking set and no lock held. */
struct quiet *quiet_new(void);
void quiet_free(struct quiet *q);
bool quiet_look(struct quiet *q);
/* Whoever is busy now is not waited for any more until it has been asleep. */
void quiet_give_up(struct vm *vm, struct quiet *q);

#endif
