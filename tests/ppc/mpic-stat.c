/* SPDX-License-Identifier: MIT */
/*
 * The MPIC's client: known numbers of interrupts of each kind, for the
 * statistics. Part "stat", which tests/ppc/check-stat runs; the calls that say
 * nothing are used, and what it says is what went wrong.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "mpic-client.h"

#define MSI_REGISTER 3u
#define MSI_SOURCE   (224 + MSI_REGISTER)

static struct world world;

static void good(int ret, const char *what)
{
	if (ret >= 0)
		return;
	say("%s: %s", what, answer(ret));
	exit(1);
}

static void put(uint32_t off, uint32_t val)
{
	good(reg_write(&world, off, val), "a register");
}

static void raise_line(unsigned int source, uint32_t level)
{
	good(set_attr(&world, KVM_DEV_MPIC_GRP_IRQ_ACTIVE, source, &level),
	     "a line");
}

static void take(unsigned int cpu, uint32_t vector)
{
	uint32_t got = 0;

	good(reg_read(&world, CPU(cpu) + IACK, &got), "IACK");
	if (got == vector)
		return;
	say("CPU %u took %x, not %x", cpu, got, vector);
	exit(1);
}

static void setup(unsigned int source, unsigned int cpu, uint32_t bits)
{
	put(IVPR(source), bits | PRIO(5) | source);
	put(IDR(source), 1u << cpu);
}

static void edge(unsigned int source, unsigned int cpu, unsigned int times)
{
	setup(source, cpu, 0);
	while (times--) {
		raise_line(source, 1);
		take(cpu, source);
		raise_line(source, 0);
		put(CPU(cpu) + EOI, 0);
	}
}

static void level(unsigned int source, unsigned int cpu, unsigned int times)
{
	setup(source, cpu, SENSE);
	raise_line(source, 1);
	while (times--) {
		take(cpu, source);
		if (!times)
			raise_line(source, 0);
		put(CPU(cpu) + EOI, 0);
	}
}

static void ipis(unsigned int from, unsigned int to, unsigned int times)
{
	put(IPIVPR(1), PRIO(7) | 0x77);
	while (times--) {
		put(CPU(from) + IPIDR(1), 1u << to);
		take(to, 0x77);
		put(CPU(to) + EOI, 0);
	}
}

static void messages(unsigned int cpu, unsigned int times)
{
	uint32_t which;

	setup(MSI_SOURCE, cpu, SENSE);
	while (times--) {
		good(msi_send(&world, MSI_REGISTER << 29, 0), "a message");
		take(cpu, MSI_SOURCE);
		good(reg_read(&world, MSIR(MSI_REGISTER), &which), "MSIR");
		put(CPU(cpu) + EOI, 0);
	}
}

/* As long as there is no core KVM_RUN ends at once. */
static void run_once(int vcpu)
{
	int size = ioctl(world.kvm, KVM_GET_VCPU_MMAP_SIZE, 0ul);
	struct kvm_run *run;

	good(size, "KVM_GET_VCPU_MMAP_SIZE");
	run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu,
		   0);
	good(call(vcpu, KVM_RUN, NULL), "KVM_RUN");
	if (run->exit_reason != KVM_EXIT_INTERNAL_ERROR)
		say("exit %u", run->exit_reason);
	munmap(run, (size_t)size);
}

void client_stat(uint32_t type)
{
	world_open(&world, type, 2);
	put(GCR, 0x80000000);
	put(CPU(0) + CTPR, 0);
	put(CPU(1) + CTPR, 0);
	edge(5, 0, 300);
	level(20, 1, 200);
	edge(20, 0, 7);
	ipis(1, 0, 50); /* IPIs go to CPU 0, too, from the reset on */
	messages(0, 30);
	take(0, 0xffff); /* spurious: not counted */
	for (unsigned int i = 0; i < 3; i++)
		run_once(world.vcpu[1]);
	world_close(&world);
}
