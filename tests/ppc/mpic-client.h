/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the MPIC's client share: a VM with an MPIC and the calls on
 * it, each of which prints one line, what was asked and what was answered. Built
 * for this machine with our own header, and for PowerPC with Linux's.
 */
#ifndef FAUXKVM_TESTS_PPC_MPIC_CLIENT_H
#define FAUXKVM_TESTS_PPC_MPIC_CLIENT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

#ifdef __powerpc__
#include <linux/kvm.h>
#else
#define FAUXKVM_ABI_PPC
#include <fauxkvm/kvm.h>
#endif

#define NR_CPUS   32u
#define MPIC_SIZE 0x40000u
#define FRR       0x1000u
#define GCR       0x1020u
#define PIR       0x1090u
#define IPIVPR(n) (0x10a0u + 0x10 * (n))
#define SVR       0x10e0u
#define MSIR(n)   (0x1600u + 0x10 * (n))
#define MSISR     0x1720u
#define MSIIR     0x1740u
#define IVPR(n)   (0x10000u + 0x20 * (n))
#define IDR(n)    (0x10010u + 0x20 * (n))
#define ILR(n)    (0x10018u + 0x20 * (n))
#define CPU(n)    (0x20000u + 0x1000 * (n))
#define IPIDR(i)  (0x40u + 0x10 * (i))
#define CTPR      0x80u
#define WHOAMI    0x90u
#define IACK      0xa0u
#define EOI       0xb0u
#define MASKED    0x80000000u
#define SENSE     0x00400000u
#define PRIO(n)   ((uint32_t)(n) << 16)

/* A VM, its MPIC (-1: none) and its vCPUs, which are CPUs of the MPIC. */
struct world {
	uint32_t type; /* KVM_DEV_TYPE_FSL_MPIC_20 or _42 */
	int kvm, vm, dev;
	unsigned int nr_vcpus;
	int vcpu[NR_CPUS];
};

/* With an MPIC of @type and @cpus vCPUs, which are CPUs 0 up. type 0: none. */
void world_open(struct world *w, uint32_t type, unsigned int cpus);
void world_close(struct world *w);
int world_vcpu(struct world *w); /* one more vCPU */

/* The name of the errno in @ret's stead, or its number. */
const char *answer(int ret);
/* A line of its own, before the answers that it is about. */
void topic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* These answer 0 or -errno and say nothing. */
int call(int fd, unsigned long request, const void *arg);
int make_device(struct world *w, uint32_t type, uint32_t flags, int *fd);
int set_attr(struct world *w, uint32_t group, uint64_t attr, void *addr);
int get_attr(struct world *w, uint32_t group, uint64_t attr, void *addr);
int has_attr(struct world *w, uint32_t group, uint64_t attr);
int connect_cpu(int vcpu, uint64_t dev, uint64_t cpu, uint32_t flags);
int reg_read(struct world *w, uint64_t off, uint32_t *val);
int reg_write(struct world *w, uint64_t off, uint32_t val);
int msi_send(struct world *w, uint32_t data, uint32_t flags);

/* These say what they did and what was answered. */
uint32_t rd(struct world *w, uint32_t off);
void wr(struct world *w, uint32_t off, uint32_t val);
void line(struct world *w, unsigned int source, uint32_t level);
uint32_t line_now(struct world *w, unsigned int source);
/* Registers from @off to @end every @step bytes: equal answers in one line. */
void dump(struct world *w, uint32_t off, uint32_t end, uint32_t step);
/* All words there are, those of sources and of CPUs by kind. */
void dump_all(struct world *w);

void client_devices(uint32_t type);
void client_attributes(uint32_t type);
void client_cpus(uint32_t type);
void client_registers(uint32_t type);
void client_sources(uint32_t type);
void client_random(uint32_t type);
void client_vm(uint32_t type);
void client_int(uint32_t type);
void client_stat(uint32_t type);

/* A random walk; @begin before it, @each after every step. */
void client_walk(uint32_t type, unsigned int cpus, uint32_t seed,
		 void (*begin)(struct world *w), void (*each)(struct world *w));

#endif
