/* SPDX-License-Identifier: MIT */
/*
 * Random sequences of KVM calls from a seed: what the generators share. Every
 * call has a generator of random numbers of its own, made of the seed and the
 * call's index, and decides by nothing else: not by answers, the time or the
 * host. So the same call can be asked of another KVM, and with others before
 * it left out.
 *
 * A call prints one line: its index, what is asked in symbols (objects by
 * slot, memory by area), and value, errno and what came back. What depends on
 * the time is not printed.
 */
#ifndef FAUXKVM_TESTS_RANDOM_H
#define FAUXKVM_TESTS_RANDOM_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/types.h>

#include <fauxkvm/kvm.h>

#include "tests/a64.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* ---- random numbers of this call ----------------------------------------- */

uint64_t rnd(void);
uint32_t below(uint32_t n);
/* In @n of 1000 calls; never while a VM is made that should work. */
bool odd(unsigned int n);
/* A number of any kind: small, a bit, a mask, one of many bits. */
uint64_t wild(void);
#define ONE_OF(...)                               \
	(((const uint64_t[]){__VA_ARGS__})[below( \
		sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))])

/* What the sequences are asked to contain. */
struct options {
	uint64_t seed;
	bool gicv2;          /* a VM has a GICv2, not a GICv3 */
	unsigned int settle; /* us until the kernel's workers are done */
	uint32_t without;    /* bits WITHOUT_* */
	bool fresh;          /* VMs that are one call, too */
};
extern struct options options;
#define WITHOUT_PMU  1u
#define WITHOUT_RING 2u
#define WITHOUT_RAS  4u

/* ---- the line ------------------------------------------------------------ */

void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* " = " and the value or the errno of a call that answered @ret. */
long answer(long ret);
/* The same for a call that gives a descriptor. */
int answer_fd(int fd);
void say_bytes(const void *at, size_t size);

/* ---- memory: the same addresses everywhere ------------------------------- */

#define NR_VMS    3
#define NR_VCPUS  4
#define NR_DEVS   4 /* DEV_* */
#define NR_EVENTS 6

#define RAM_GPA     0x40000000ull
#define RAM_SIZE    0x100000ull
#define RAM_HVA(vm) ((uint8_t *)(0x2000000000ull + (vm)*0x200000ull))
/* More memory for slots, of all VMs. */
#define MORE_HVA  ((uint8_t *)0x2001000000ull)
#define MORE_SIZE 0x400000ull
/* Of VMs that are one call; nothing is behind it. */
#define FRESH_HVA  0x2004000000ull
#define FRESH_SIZE 0x10000ull

#define GPA_MMIO 0x09000000ull /* no memory; the guest's end */
#define GPA_GICD 0x08000000ull
#define GPA_GICC 0x08010000ull
#define GPA_ITS  0x08080000ull /* two of 0x20000 */
#define GPA_GICR 0x08100000ull
#define GPA_MORE 0x50000000ull /* where slots are put */

/* In RAM. */
#define OFF_VECTORS 0x0
#define OFF_CODE    0x1000
#define OFF_DATA    0x10000
#define OFF_QUEUE   0x20000 /* of the ITS */
#define OFF_DEVICES 0x30000
#define OFF_COLLS   0x40000
#define OFF_ITTS    0x50000
#define OFF_PROP    0x60000
#define OFF_PEND    0x70000

/*
 * An argument of @size bytes as the kernel will see it: a copy, or with bad
 * luck a pointer to nothing, which is said.
 */
void *in_arg(const void *what, size_t size);
/* A second one, to which the first points. */
void *in_arg2(const void *what, size_t size);
/* What came back may be read: no pointer of this call was bad. */
extern bool args_good;

/* ---- objects ------------------------------------------------------------- */

enum { DEV_GIC, DEV_ITS, DEV_ITS2, DEV_VFIO };

struct world {
	int kvm, file, stats;
	int vm[NR_VMS];
	int vcpu[NR_VMS][NR_VCPUS];
	struct kvm_run *run[NR_VMS][NR_VCPUS];
	int dev[NR_VMS][NR_DEVS];
	int event[NR_EVENTS];
};
extern struct world world;
void world_open(void);

/* Put @fd into a slot, if it is one, and close what was there. */
void slot_put(int *slot, int fd);
/* Empty it: 0, or -1 and errno. */
int slot_close(int *slot);
/* One of the objects, said; seldom a descriptor of another kind. */
int pick_kvm(void);
int pick_vm(unsigned int *vm);
int pick_vcpu(unsigned int *vm, unsigned int *vcpu);
int pick_dev(unsigned int dev, unsigned int *vm);
int pick_event(void); /* of events, seldom something else */

/* KVM_RUN with a limit: kicked when it sleeps or spins. */
long run_limited(int vcpu);
/* Let the kernel's workers finish what the call has started. */
void settle(void);

/* ---- the calls ----------------------------------------------------------- */

struct op {
	const char *name;
	void (*call)(void);
	unsigned int weight;
};
extern const struct op ops_vm[], ops_memory[], ops_irq[], ops_vcpu[],
	ops_regs[], ops_gic[], ops_its[], ops_guest[], ops_fresh[];

/* A VM with all it needs, or nearly, in slot @vm: said as one call. */
void vm_setup(unsigned int vm);
/* What the vCPUs of the last VM in that slot have, beside PSCI 0.2. */
uint32_t vm_features(unsigned int vm);
/* KVM_{SET,GET,HAS}_DEVICE_ATTR with a payload of @size; says all. */
void attr_call(int fd, uint64_t request, uint32_t group, uint64_t attr,
	       uint64_t val, size_t size);
/* One that should do, in the set-up; its errno. */
int attr_quiet(int fd, uint32_t group, uint64_t attr, void *val);
uint64_t pick_reg(void);
/* What a register of time may be set to; others: anything. */
uint64_t reg_value(uint64_t id);
/* Up to 256 bytes. Get says what came, -1 if nothing did. */
long reg_get(int fd, uint64_t id, uint8_t *val);
void reg_set(int fd, uint64_t id, const void *val);
/* Calls on this vCPU or VM, with arguments that they say. */
void reg_list_call(int fd);
void events_call(int fd);
void vcpu_attr_call(int fd);
void enable_cap_call(int fd);
void counter_offset_call(int fd);
void smccc_filter_call(int fd);

/* ---- a vCPU that executes (gen-guest.c) ---------------------------------- */

#define REG_CORE(index) \
	(KVM_REG_ARM64 | KVM_REG_ARM_CORE | KVM_REG_SIZE_U64 | (index))
#define REG_X(n)   REG_CORE(2 * (n))
#define REG_PC     REG_CORE(0x40)
#define REG_PSTATE REG_CORE(0x42)

/* Set a register: 0 or its errno. reg_say: X@n, said. */
int reg_quiet(int fd, uint64_t id, uint64_t val);
int reg_say(int fd, unsigned int n, uint64_t val);
/* KVM_RUN, said, until an error, @max exits or an MMIO access to the first @end
 * bytes from GPA_MMIO. */
void guest_exits(int fd, struct kvm_run *run, unsigned int max, uint64_t end);

/* ---- a VM that is one call (gen-fresh.c) --------------------------------- */

#define FRESH_VCPUS 2

struct fresh {
	int vm, gic, vcpu[FRESH_VCPUS];
	struct kvm_run *run[FRESH_VCPUS];
	uint32_t features; /* of KVM_ARM_VCPU_INIT, beside PSCI 0.2 */
	bool ran;
};

typedef void step(struct fresh *f);

struct purpose {
	uint32_t features;
	step *start; /* before there is a vCPU, or NULL */
	step *const *steps;
	unsigned int nr;
};

/* Make a VM, do some of its steps and close it. */
void fresh_run(const struct purpose *purpose);
/* A vCPU, said. */
int fresh_vcpu(const struct fresh *f, unsigned int *n);
/* Get the register, or set it to @val. */
void step_reg(const struct fresh *f, uint64_t id, uint64_t val);
step step_init, step_vcpu, step_reg_list, step_run;
void fresh_aarch32(void);
void fresh_tags(void);

#endif
