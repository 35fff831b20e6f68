/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connector "sim": one world for each account, asked on the agent's time.
 */
#include "connectors/sim/sim.h"

#include "connectors/sim/world.h"

static bool sim_open(struct account *account, struct traits *traits, GError **error)
{
	struct sim_world *world = sim_world_new(account->settings, account->seed, error);

	if (!world)
		return false;
	account->state = world;
	*traits = sim_world_traits(world);
	return true;
}

static void sim_close(struct account *account)
{
	sim_world_free(account->state);
	account->state = NULL;
}

static char *sim_save(const struct account *account)
{
	return sim_world_save(account->state);
}

static bool sim_load(struct account *account, const char *text, GError **error)
{
	return sim_world_load(account->state, text, error);
}

/* The first step acts; the second, after the latency, has the answer already. */
static bool sim_step(struct call *call, const struct response *response, struct move *ret_move,
                     GError **error)
{
	int64_t latency_ms = 0;

	(void)response;
	(void)error;
	if (!call->answer)
		call->answer =
			sim_world_ask(call->account->state, call->ask, call->now_ms, &latency_ms);
	*ret_move =
		(struct move){ .kind = latency_ms ? MOVE_WAIT : MOVE_DONE, .wait_ms = latency_ms };
	return true;
}

const struct connector connector_sim = {
	.name = "sim",
	.help = "a cloud in memory, for demos, tests and rehearsals",
	.settings = sim_setting_rows,
	.open = sim_open,
	.close = sim_close,
	.save = sim_save,
	.load = sim_load,
	.step = sim_step,
};
