/* SPDX-License-Identifier: MIT */
/*
 * The program's registers and signals as gdb numbers them: its target description
 * (features org.gnu.gdb.aarch64.core, .fpu and .tls).
 */
#include <signal.h>
#include <string.h>

#include "base/types.h"
#include "cpu/cpu.h"
#include "cpu/fp/fp.h"
#include "user/gdb.h"

enum { REG_PC_ = 32, REG_CPSR, REG_V0, REG_FPSR = REG_V0 + 32, REG_FPCR };
enum { REG_TPIDR = REG_FPCR + 1 };
_Static_assert(REG_TPIDR + 1 == GDB_NR_REGS, "registers");

#define X(n) "<reg name=\"x" #n "\" bitsize=\"64\"/>"
#define V(n) "<reg name=\"v" #n "\" bitsize=\"128\" type=\"aarch64v\"/>"
/* Each run has another opinion. */
/* clang-format off */
#define TEN(R) R(0) R(1) R(2) R(3) R(4) R(5) R(6) R(7) R(8) R(9)
#define TO_29(R) \
	TEN(R) \
	R(10) R(11) R(12) R(13) R(14) R(15) R(16) R(17) R(18) R(19) \
	R(20) R(21) R(22) R(23) R(24) R(25) R(26) R(27) R(28) R(29)
/* clang-format on */

const char gdb_target_xml[] =
	"<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
	"<target><architecture>aarch64</architecture>"
	"<osabi>GNU/Linux</osabi>"
	"<feature name=\"org.gnu.gdb.aarch64.core\">" TO_29(X)
		X(30) "<reg name=\"sp\" bitsize=\"64\" type=\"data_ptr\"/>"
		      "<reg name=\"pc\" bitsize=\"64\" type=\"code_ptr\"/>"
		      "<flags id=\"cpsr_flags\" size=\"4\">"
		      "<field name=\"SP\" start=\"0\" end=\"0\"/>"
		      "<field name=\"EL\" start=\"2\" end=\"3\"/>"
		      "<field name=\"V\" start=\"28\" end=\"28\"/>"
		      "<field name=\"C\" start=\"29\" end=\"29\"/>"
		      "<field name=\"Z\" start=\"30\" end=\"30\"/>"
		      "<field name=\"N\" start=\"31\" end=\"31\"/></flags>"
		      "<reg name=\"cpsr\" bitsize=\"32\" "
		      "type=\"cpsr_flags\"/></feature>"
		      "<feature name=\"org.gnu.gdb.aarch64.fpu\">"
		      "<vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>"
		      "<vector id=\"v2u\" type=\"uint64\" count=\"2\"/>"
		      "<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>"
		      "<vector id=\"v4u\" type=\"uint32\" count=\"4\"/>"
		      "<vector id=\"v8u\" type=\"uint16\" count=\"8\"/>"
		      "<vector id=\"v16u\" type=\"uint8\" count=\"16\"/>"
		      "<union id=\"vnd\"><field name=\"f\" type=\"v2d\"/>"
		      "<field name=\"u\" type=\"v2u\"/></union>"
		      "<union id=\"vns\"><field name=\"f\" type=\"v4f\"/>"
		      "<field name=\"u\" type=\"v4u\"/></union>"
		      "<union id=\"aarch64v\"><field name=\"d\" type=\"vnd\"/>"
		      "<field name=\"s\" type=\"vns\"/><field name=\"h\" "
		      "type=\"v8u\"/>"
		      "<field name=\"b\" type=\"v16u\"/>"
		      "<field name=\"q\" type=\"uint128\"/></union>" TO_29(V) V(
			      30)
			      V(31) "<reg name=\"fpsr\" bitsize=\"32\"/><reg "
				    "name=\"fpcr\" bitsize=\"32\"/>"
				    "</feature><feature "
				    "name=\"org.gnu.gdb.aarch64.tls\">"
				    "<reg name=\"tpidr\" bitsize=\"64\" "
				    "type=\"data_ptr\"/></feature>"
				    "</target>";

static size_t put(uint8_t out[16], uint64_t val, size_t size)
{
	memcpy(out, &val, size);
	return size;
}

size_t gdb_reg_get(const struct cpu *cpu, unsigned int n, uint8_t out[16])
{
	if (n < 31)
		return put(out, cpu->x[n], 8);
	if (n >= REG_V0 && n < REG_FPSR) {
		memcpy(out, &cpu->vreg[n - REG_V0], 16);
		return 16;
	}
	switch (n) {
	case 31: return put(out, cpu->x[REG_SP], 8);
	case REG_PC_: return put(out, cpu->pc, 8);
	case REG_CPSR: return put(out, cpu_pstate(cpu), 4);
	case REG_FPSR: return put(out, cpu_fpsr(cpu), 4);
	case REG_FPCR: return put(out, cpu->fpcr, 4);
	case REG_TPIDR: return put(out, cpu->sys.tpidr_el0, 8);
	default: return 0;
	}
}

size_t gdb_reg_set(struct cpu *cpu, unsigned int n, const uint8_t in[16])
{
	uint64_t val;

	memcpy(&val, in, sizeof(val));
	if (n < 31) {
		cpu->x[n] = val;
		return 8;
	}
	if (n >= REG_V0 && n < REG_FPSR) {
		memcpy(&cpu->vreg[n - REG_V0], in, 16);
		return 16;
	}
	switch (n) {
	case 31: cpu->x[REG_SP] = val; return 8;
	case REG_PC_: cpu->pc = val; return 8;
	case REG_CPSR:
		cpu_set_pstate(cpu, val & UINT64_C(0xf0000000));
		return 4;
	case REG_FPSR: fp_write_fpsr(cpu, (uint32_t)val); return 4;
	case REG_FPCR: fp_write_fpcr(cpu, (uint32_t)val); return 4;
	case REG_TPIDR: cpu->sys.tpidr_el0 = val; return 8;
	default: return 0;
	}
}

/* ---- signals ------------------------------------------------------------- */

/* By gdb's number, up to where the real-time ones begin. */
static const uint8_t signals[] = {
	[1] = SIGHUP,     [2] = SIGINT,   [3] = SIGQUIT,   [4] = SIGILL,
	[5] = SIGTRAP,    [6] = SIGABRT,  [8] = SIGFPE,    [9] = SIGKILL,
	[10] = SIGBUS,    [11] = SIGSEGV, [12] = SIGSYS,   [13] = SIGPIPE,
	[14] = SIGALRM,   [15] = SIGTERM, [16] = SIGURG,   [17] = SIGSTOP,
	[18] = SIGTSTP,   [19] = SIGCONT, [20] = SIGCHLD,  [21] = SIGTTIN,
	[22] = SIGTTOU,   [23] = SIGIO,   [24] = SIGXCPU,  [25] = SIGXFSZ,
	[26] = SIGVTALRM, [27] = SIGPROF, [28] = SIGWINCH, [30] = SIGUSR1,
	[31] = SIGUSR2,   [32] = SIGPWR,
};
/* 33 to 63 are 45 to 75; 32 and 64 came later. */
#define RT_OFFSET 12
#define RT_32     77
#define RT_64     78

int gdb_signal_from(int gdb)
{
	if (gdb == RT_32)
		return 32;
	if (gdb == RT_64)
		return 64;
	if (gdb >= 33 + RT_OFFSET && gdb <= 63 + RT_OFFSET)
		return gdb - RT_OFFSET;
	return gdb > 0 && gdb < (int)ARRAY_SIZE(signals) ? signals[gdb] : 0;
}

int gdb_signal_to(int host)
{
	if (host == 32)
		return RT_32;
	if (host == 64)
		return RT_64;
	if (host > 32)
		return host + RT_OFFSET;
	for (unsigned int k = 1; k < ARRAY_SIZE(signals); k++)
		if (signals[k] == host)
			return (int)k;
	return 0;
}
