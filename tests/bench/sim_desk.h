/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sim_desk - the engine against a simulated cloud on virtual time. */
#pragma once

/* Converges @members on sim and prints the CPU time beside that of the simulated cloud alone. */
void sim_desk_bench(unsigned members);
