"""Mistakes of a first hour, in devices, networks and chips, and what a user must read of each."""

CASES = {
    "nn.MZIMesh(clements.layout(4), rngs=0)": ["`rngs`", "is 0", "nnx.Rngs(0)"],
    "nn.HomodyneProduct(4, 3, rngs=None)": ["`rngs`", "is None", "nnx.Rngs(0)"],
    "nn.HomodyneProduct(4, 3, photons=1.0, rngs=nnx.Rngs(params=0))": ["`rngs`", "`noise`"],
    "nn.Intensity(2, receiver=1e9)": ["`receiver`", "Receiver", "1000000000.0", "bandwidth="],
    "nn.WeightBank(4, 3, rngs=nnx.Rngs(0))": ["`bank`", "is 4", "weight_bank.grid"],
    "weight_bank.Bank(1550e-9)": ["`wavelengths`", "row", "1.55e-06", "grid(4)"],
    "weight_bank.Bank([1550, 1551])": ["`wavelengths`", "1550", "1550 nm is 1550e-9"],
    "weight_bank.program(np.zeros(2), weight_bank.Bank(weight_bank.grid(2)), rounds=-1)": [
        "`rounds`",
        "-1",
    ],
    "heater.crosstalk(5, decay=1e-6)": ["`positions`", "row", "()", "jnp.arange"],
    "nn.Crossbar(4, 3, material='GST', rngs=nnx.Rngs(0))": ["`material`", "'GST'", "Material("],
    "nn.HomodyneProduct(4, 3, photons=-1.0, rngs=nnx.Rngs(0))": ["`photons`", "positive", "-1.0"],
    "nn.HomodyneProduct(4, 3, bits=0, rngs=nnx.Rngs(0))": ["`bits`", "at least 1", "0"],
    "nn.OpticalAttention(8, rngs=nnx.Rngs(0))(np.ones(8))": ["`tokens`", "(8,)", "tokens[None]"],
    "nn.TimeWavelength(2, 3, rngs=nnx.Rngs(0))": ["`shape`", "pair", "is 3", "(3, 3)"],
    "nn.TimeWavelength(2, (3, 3), stride=0, rngs=nnx.Rngs(0))": ["`stride`", "at least 1"],
    "nn.DAC(1)": ["`levels`", "at least 2", "is 1", "256"],
    "nn.DAC(4, low=1.0, high=0.0)": ["`low`", "below `high`", "1.0"],
    "nn.Encode(4, power=-1.0)": ["`power`", "zero or more", "[W]", "-1.0"],
    "nn.Encode(4.0)": ["`modes`", "integer", "4.0"],
    "nn.EncodeIntensity(extinction_ratio_db=-3)": ["`extinction_ratio_db`", "[dB]", "-3"],
    "nn.EncodeTimeBins(4)(np.array([0.5]))": ["`values`", "whole", "0.5"],
    "nn.EncodeFourier(-1)": ["`radius`", "-1"],
    "nn.Intensity(0)": ["`classes`", "at least 1", "is 0"],
    "nn.ModReLU(4)(np.ones(3))": ["`field`", "modes=4", "(3,)"],
    "nn.ElectroOptic(tap=1.5)": ["`tap`", "between 0 and 1", "1.5"],
    "nn.OptoElectronic(v_pi=0.0)": ["`v_pi`", "positive", "[V]"],
    "nn.SaturableAbsorber(transmission=1.5)": ["`transmission`", "below 1", "1.5"],
    "nn.SaturableAbsorber(saturation_power=0)": ["`saturation_power`", "positive", "[W]"],
    "nn.Kerr(loss_db=-3)": ["`loss_db`", "zero or more", "-3"],
    "nn.CarrierRing(cavity=0.9)": ["`cavity`", "Cavity", "0.9"],
    "nn.CarrierRing(cavity=carrier_ring.Cavity(t1=1.5))": ["`t1`", "between 0 and 1", "1.5"],
    "nn.Fibre('SMF28', length=1.0, interval=1e-12, steps=2)": ["`fibre`", "'SMF28'", "fibre.SMF28"],
    "nn.Fibre(fibre.SMF28, length=1.0, interval=0, steps=2)": ["`interval`", "[s]", "is 0"],
    "fibre.propagate(np.full(8, np.nan), fibre.SMF28, length=1.0, interval=1e-12)": [
        "`field`",
        "NaN",
    ],
    "nn.Reservoir(5, desync=9, rngs=nnx.Rngs(0))": ["`desync`", "below 5", "is 9"],
    "nn.Reservoir(5, rngs=nnx.Rngs(0)).read_out(np.ones((4, 1)), np.zeros(1))": [
        "`weights`",
        "5, 1",
        "(4, 1)",
    ],
    "photon_counter.count(np.ones(1), key=0)": ["`key`", "is 0", "jax.random.key(0)"],
    "hardware.fabricate(nn.Encode(2), [], 0)": ["`key`", "is 0", "jax.random.key(0)"],
    "Receiver.from_efficiency(0.8, 1550, bandwidth=1e9)": ["`wavelength`", "1550", "1550e-9"],
    "train.ridge.solve(np.ones((3, 2)), np.ones((3, 1)), -1.0)": ["`penalty`", "above 0", "-1.0"],
    "train.adam(-1.0, steps=3)": ["`learning_rate`", "positive", "-1.0"],
    "nn.trace(nn.Encode(2), np.ones(2))": ["`model`", "Sequential", "nnx.Sequential(layer)"],
    "train.fit(nn.Encode(2), np.ones(2), np.ones(2), optax.adam(1.0), epochs=2, batch=2)": [
        "Dataset"
    ],
    "train.fit(abs, *[data.Dataset(np.ones((3, 2)), np.ones(3, int))] * 2, "
    "optax.adam(1.0), epochs=2, batch=2)": ["`model`", "Module"],
    "train.fit(nn.ModReLU(2), *[data.Dataset(np.ones((3, 2)), np.ones(3, int))] * 2, "
    "optax.adam(1.0), epochs=2, batch=2, loss='cross_entropy')": ["`loss`", "'cross_entropy'"],
    "train.losses.mixed((train.losses.cross_entropy, 1.0))": ["`terms`", "a weight and a loss"],
    "hardware.fabricate(nn.Encode(2), [], jax.random.split(jax.random.key(0), 3))": [
        "`key`",
        "one random key",
        "(3,)",
    ],
    "train.fit(nn.Encode(2), *[data.Dataset(np.ones((3, 2)), np.ones(3, int))] * 2, "
    "0.1, epochs=2, batch=2)": ["`optimizer`", "Optax", "0.1", "optax.adam(0.01)"],
    "train.fit(nn.Encode(2), *[data.Dataset(np.ones((3, 2)), np.ones(3, int))] * 2, "
    "optax.adam(1.0), epochs=2, batch=2, ema='high')": ["`ema`", "number", "'high'"],
    "train.optimizers.by_group({'phase': optax.sgd(1.0)}, default=optax.sgd(1.0))": [
        "`groups`",
        "'phase'",
        "nn.Phase",
    ],
    "train.optimizers.by_group({nn.Phase: 0.1}, default=optax.sgd(1.0))": ["`groups`", "0.1"],
    "hardware.monte_carlo(nn.MZIMesh(clements.layout(2), rngs=nnx.Rngs(0)), [], "
    "lambda m: float(m.theta[...][0]), key=jax.random.key(0), chips=2)": ["`measure`", "jnp"],
}
