/* SPDX-License-Identifier: MIT */
/*
 * Recorded runs and their replays: what wakes the VMM (kernel/wake.h), whose
 * writes the guest sees at the same cycle, whenever it comes; vCPUs that are not
 * waited for; and that a difference is said. Each run is a process of its own.
 */
#include "test-kvm.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/sysreg-enc.h"
#include "kernel/turns-internal.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

#define CNTVCT  SYSREG_ENC(3, 3, 14, 0, 2)
#define WAIT_MS 10000 /* so that a busy host is no matter */
#define AWAY_MS 200
#define WAKES   3
#define FLAGS   0x8000 /* a doubleword each, in the guest's RAM */
#define FD      700    /* a number that nothing has */

struct run {
	int status;         /* what the last KVM_RUN answered */
	uint32_t at[WAKES]; /* when the guest saw them */
	bool early;         /* the first came before the VM ran */
};

/* When each comes, ms after the one before; < 0: never. The first after the
 * thread begins, which is before the VM runs. */
struct plan {
	const char *way; /* "record", "replay" */
	int ms[WAKES];
	bool early;  /* the VM runs only after the first */
	bool exits;  /* the second comes after the VM's first exit */
	int second;  /* when there is a second vCPU, that it comes, ms; if it is
		      * recorded, after it was left behind */
	bool longer; /* the guest is another one */
	int fd;      /* what is waited for has this number, 0: FD */
	bool taken;  /* FD is an eventfd's */
	bool socket; /* FD is a socket's */
};

static struct run *runs;
static char file[] = "/tmp/test-kvm-record-XXXXXX";

/* ---- a thread of the VMM's that waits for a descriptor -------------------- */

static atomic_bool first_told, begins; /* the VM is about to run */
static atomic_uint exits_seen;

static void wait_until_told(int waits_for)
{
	struct kernel_wait *w = kernel_wait_begin();
	struct pollfd control = {kernel_wait_fd(w), POLLIN, 0};
	unsigned int events;
	uint64_t waited = 0;
	int fd;

	ck_assert(kernel_wait_ready(w, waits_for, POLLIN));
	while (!kernel_wait_ask(w, waited) && poll(&control, 1, 5) == 0)
		waited += 5000000;
	ck_assert(kernel_wait_end(w, &fd, &events));
	ck_assert_int_eq(fd, waits_for);
	ck_assert_uint_eq(events, POLLIN);
}

static void work_ms(unsigned int ms)
{
	struct timespec ts;
	uint64_t now, end = 0;

	do {
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
		now = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
		end = end ? end : now + ms * UINT64_C(1000000);
	} while (now < end);
}

static struct vm *the_vm(void)
{
	struct kobj *obj = kvm_host_get(t.vm);

	kobj_put(obj);
	return vm_of(obj);
}

static bool is_recorded(const struct plan *plan)
{
	return !strcmp(plan->way, "record");
}

static void *waiter_main(void *arg)
{
	const struct plan *plan = arg;
	_Atomic uint64_t *flags = (void *)(t.ram + FLAGS);
	struct vm *vm = the_vm();

	/* A busy host gets to the guest late. */
	while (is_recorded(plan) && !plan->early && !exits_seen &&
	       !vm->vcpus[0]->turn.in)
		usleep(1000);
	while (!plan->early && !begins)
		usleep(1000);
	for (unsigned int i = 0; i < WAKES && plan->ms[i] >= 0; i++) {
		while (i && plan->exits && !exits_seen)
			usleep(1000);
		usleep(plan->ms[i] * 1000);
		wait_until_told(plan->fd ? plan->fd : FD);
		/* So long that the guest would see it at any cycle. */
		work_ms(2);
		atomic_store(&flags[i], 1);
		if (i == 0)
			atomic_store(&first_told, true);
	}
	return NULL;
}

/* ---- a run --------------------------------------------------------------- */

/* Wait for each flag, and say when it was seen. */
static void guest_prepare(void)
{
	GUEST(0x100, ASM_NOP, ASM_B(-65));
	GUEST(0, ASM_LDR(1, 2), ASM_CBZ(1, -1), ASM_MRS(3, CNTVCT),
	      ASM_STR_W(3, 7), ASM_ADD_IMM(2, 2, 8), ASM_B(-5));
	reg_set(REG_X(2), GUEST_BASE + FLAGS);
	reg_set(REG_X(7), GUEST_MMIO);
}

/* Another vCPU, that sets the first flag. */
static int second_vcpu;

static void second_prepare(void)
{
	static const uint32_t code[] = {ASM_MOVZ(1, 1, 0), ASM_STR(1, 2),
					ASM_B_SELF};
	struct kvm_vcpu_init init = {.target = KVM_ARM_TARGET_GENERIC_V8,
				     .features = {1 << KVM_ARM_VCPU_PSCI_0_2}};
	uint64_t pc = GUEST_BASE + 0x1000, flag = GUEST_BASE + FLAGS;
	struct kvm_one_reg reg = {REG_PC, (uintptr_t)&pc};

	memcpy(t.ram + 0x1000, code, sizeof(code));
	second_vcpu = KVM(t.vm, KVM_CREATE_VCPU, 1);
	ck_assert_int_gt(second_vcpu, 0);
	ASK(0, second_vcpu, KVM_ARM_VCPU_INIT, &init);
	ASK(0, second_vcpu, KVM_SET_ONE_REG, &reg);
	reg = (struct kvm_one_reg){REG_X(2), (uintptr_t)&flag};
	ASK(0, second_vcpu, KVM_SET_ONE_REG, &reg);
}

static void on_signal(int sig)
{
	kernel_signal_arrived();
}

static bool is_left_behind(struct vm *vm)
{
	bool away;

	pthread_mutex_lock(&vm->turns->lock);
	away = vm->vcpus[1]->turn.away;
	pthread_mutex_unlock(&vm->turns->lock);
	return away;
}

static void *second_main(void *arg)
{
	const struct plan *plan = arg;
	struct vm *vm = the_vm();

	while (is_recorded(plan) && !is_left_behind(vm))
		usleep(1000);
	usleep(plan->second * 1000);
	return (void *)KVM(second_vcpu, KVM_RUN, 0);
}

static void second_stop(pthread_t thread)
{
	do {
		pthread_kill(thread, SIGUSR1);
		usleep(1000);
	} while (pthread_tryjoin_np(thread, NULL));
	kvm_host_close(second_vcpu);
}

static void run_plan(const struct plan *plan, struct run *run)
{
	struct kernel_clock_options o = test_options();
	unsigned int exits = plan->second ? 1 : WAKES;
	pthread_t waiter, second;

	o.clock = KERNEL_CLOCK_CYCLES;
	o.quantum = 10000;
	o.idle_wait_ms = plan->second ? AWAY_MS : WAIT_MS;
	if (is_recorded(plan))
		o.record = file;
	else
		o.replay = file;
	ck_assert_int_eq(kernel_set_clock(&o), 0);
	test_vm_open();
	if (plan->taken)
		ck_assert_int_eq(dup2(eventfd(0, 0), FD), FD);
	if (plan->socket)
		ck_assert_int_eq(dup2(socket(AF_UNIX, SOCK_STREAM, 0), FD), FD);
	guest_prepare();
	if (plan->longer)
		reg_set(REG_PC, GUEST_BASE + 0x100);
	if (plan->second)
		second_prepare();
	ck_assert(kernel_asks_wake());
	ck_assert_int_eq(
		pthread_create(&waiter, NULL, waiter_main, (void *)plan), 0);
	while (plan->early && !first_told)
		usleep(1000);
	run->early = first_told;
	atomic_store(&begins, true);
	signal(SIGUSR1, on_signal);
	if (plan->second)
		ck_assert_int_eq(pthread_create(&second, NULL, second_main,
						(void *)plan),
				 0);
	for (unsigned int i = 0; i < exits && !run->status; i++) {
		run->status = KVM(t.vcpu, KVM_RUN, 0);
		if (!run->status)
			memcpy(&run->at[i], t.run->mmio.data, 4);
		exits_seen++;
	}
	pthread_join(waiter, NULL);
	if (plan->second)
		second_stop(second);
	test_vm_close();
}

static void run_in_child(const struct plan *plan, struct run *run)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		run_plan(plan, run);
		_exit(0);
	}
}

static void children_end(unsigned int nr)
{
	int status;

	while (nr--) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
}

static void files_begin(void)
{
	int fd = mkstemp(file);
	char log[sizeof(file) + 16];

	ck_assert_int_ge(fd, 0);
	close(fd);
	snprintf(log, sizeof(log), "error:%s.log", file);
	setenv("FAUXKVM_LOG", log, 1);
	runs = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(runs, MAP_FAILED);
}

static void files_end(void)
{
	char log[sizeof(file) + 16];

	snprintf(log, sizeof(log), "%s.log", file);
	unlink(file);
	unlink(log);
}

static void record(const struct plan *plan)
{
	run_in_child(plan, &runs[0]);
	children_end(1);
	ck_assert_int_eq(runs[0].status, 0);
}

static bool file_has(const char *suffix, const char *what)
{
	char path[sizeof(file) + 16], line[600];
	bool has = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", file, suffix);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		has |= strstr(line, what) != NULL;
	if (f)
		fclose(f);
	return has;
}

/* Replay it with each of @plans at once: the same. */
static void replays_are_the_same(const struct plan *plans, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		run_in_child(&plans[i], &runs[1 + i]);
	children_end(nr);
	for (unsigned int i = 0; i < nr; i++) {
		ck_assert_int_eq(runs[1 + i].status, 0);
		ck_assert_mem_eq(runs[1 + i].at, runs[0].at,
				 sizeof(runs[0].at));
	}
}

/* ---- tests --------------------------------------------------------------- */

START_TEST(wakes_come_again)
{
	const struct plan then = {.way = "record", .ms = {30, 20, 20}};
	const struct plan now[] = {
		{.way = "replay", .ms = {30, 20, 20}},
		{.way = "replay", .ms = {1, 0, 0}},
		{.way = "replay", .ms = {150, 90, 0}},
	};

	record(&then);
	ck_assert(!runs[0].early);
	ck_assert(file_has("", "wake "));
	ck_assert_uint_lt(runs[0].at[0], runs[0].at[1]);
	ck_assert_uint_lt(runs[0].at[1], runs[0].at[2]);
	replays_are_the_same(now, 3);
	ck_assert(!file_has(".log", "replay"));
}
END_TEST

/* One that came before the VM ran, and comes before it goes on. */
START_TEST(a_wake_before)
{
	const struct plan then = {
		.way = "record", .ms = {0, 20, 20}, .early = true};
	const struct plan now[] = {
		{.way = "replay", .ms = {0, 30, 1}, .early = true},
		{.way = "replay", .ms = {60, 0, 0}},
	};

	record(&then);
	ck_assert(runs[0].early);
	ck_assert(file_has("", "before 0 -1 0 700 1\n"));
	replays_are_the_same(now, 2);
	ck_assert(runs[1].early);
	ck_assert(!runs[2].early);
}
END_TEST

/* As threads of the VMM's opened theirs in another order. */
START_TEST(a_descriptor_of_another_number)
{
	const struct plan then = {
		.way = "record", .ms = {0, 20, 20}, .early = _i};
	const struct plan now[] = {
		{.way = "replay", .ms = {60, 30, 1}, .fd = 701},
		{.way = "replay", .ms = {1, 0, 0}, .fd = 3, .taken = true},
	};

	record(&then);
	replays_are_the_same(now, 2);
	ck_assert(!file_has(".log", "replay"));
}
END_TEST

START_TEST(a_wake_that_does_not_come)
{
	const struct plan then = {.way = "record", .ms = {30, 20, 20}};
	const struct plan now[] = {
		{.way = "replay", .ms = {30, -1, -1}},
		/* Others could make FD ready: it is not the one that is. */
		{.way = "replay",
		 .ms = {30, 20, 20},
		 .fd = 701,
		 .socket = true},
	};

	record(&then);
	for (unsigned int i = 0; i < 2; i++)
		run_in_child(&now[i], &runs[1 + i]);
	children_end(2);
	ck_assert_int_eq(runs[1].status, -EIO);
	ck_assert_uint_eq(runs[1].at[0], runs[0].at[0]);
	ck_assert_uint_eq(runs[1].at[1], 0);
	ck_assert_int_eq(runs[2].status, -EIO);
	ck_assert_uint_eq(runs[2].at[0], 0);
	ck_assert(file_has(".log", "', but here it did not come"));
}
END_TEST

/* vCPU 1 is not waited for any more, and comes later: so it does again. */
START_TEST(away_and_back_again)
{
	const struct plan then = {
		.way = "record", .ms = {-1, -1, -1}, .second = 100};
	const struct plan now[] = {
		{.way = "replay", .ms = {-1, -1, -1}, .second = 300},
		{.way = "replay", .ms = {-1, -1, -1}, .second = 1},
		{.way = "replay", .ms = {-1, -1, -1}, .second = 600},
	};

	record(&then);
	ck_assert(file_has("", "away "));
	ck_assert(file_has("", "back "));
	replays_are_the_same(now, 3);
	ck_assert(!file_has(".log", "replay"));
}
END_TEST

/* The wakes but the first come after the exit that differs. */
START_TEST(another_guest)
{
	const struct plan then = {.way = "record",
				  .ms = {0, 50, 50},
				  .early = true,
				  .exits = true};
	const struct plan now = {.way = "replay",
				 .ms = {0, 50, 50},
				 .early = true,
				 .exits = true,
				 .longer = true};

	record(&then);
	run_in_child(&now, &runs[1]);
	children_end(1);
	ck_assert_int_eq(runs[1].status, -EIO);
	ck_assert(file_has(".log", "replay: diverges at cycle 5: "));
	ck_assert(file_has(".log", " has 'exit 3 0 0 KVM_EXIT_MMIO write "
				   "9000000 4 02000000', but here is 'exit 5 0 "
				   "0 KVM_EXIT_MMIO write 9000000 4 "
				   "04000000'"));
}
END_TEST

void add_tests_record(Suite *s)
{
	TCase *c = tcase_create("record");

	tcase_add_checked_fixture(c, files_begin, files_end);
	tcase_set_timeout(c, 120);
	suite_add_tcase(s, c);
	tcase_add_test(c, wakes_come_again);
	tcase_add_test(c, a_wake_before);
	tcase_add_loop_test(c, a_descriptor_of_another_number, 0, 2);
	tcase_add_test(c, a_wake_that_does_not_come);
	tcase_add_test(c, away_and_back_again);
	tcase_add_test(c, another_guest);
}
