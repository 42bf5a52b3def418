//! One command, one file, named as it is typed. Its doc comment is its help.

use clap::Subcommand;

use super::ctx::Asked;
use super::error::{self, Result};
use super::{Call, Cli, Ctx, workspace};

mod ack;
mod actions;
mod audit;
mod brief;
mod cancel;
mod check;
mod close;
mod comms;
mod compensate;
mod completions;
mod dashboard;
mod debug;
mod decide;
mod demo;
mod doctor;
mod done;
mod due;
mod edit;
mod explain;
mod export;
mod facts;
mod help;
mod impact;
mod import;
pub(super) mod init;
mod ledger;
mod link;
mod list;
mod log;
mod man;
mod merge;
mod merge_driver;
mod note;
mod open;
mod pir;
mod problems;
mod query;
mod regulatory;
mod relapse;
mod reopen;
mod report;
mod resolve;
mod resolve_conflict;
mod restore;
mod retry;
mod role;
mod room;
mod schema;
mod severity;
mod show;
mod similar;
mod skip;
mod standards;
mod status;
mod sync;
mod targets;
mod ticket;
mod trust;
mod undo;
mod update;
mod waiver;

/// What can be typed.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    // The engineer at 03:10, in the order of an incident's life.
    Open(open::OpenArgs),
    Update(Box<update::UpdateArgs>),
    Note(note::NoteArgs),
    Ack(ack::AckArgs),
    Restore(restore::RestoreArgs),
    Relapse(relapse::RelapseArgs),
    Resolve(resolve::ResolveArgs),
    Close(close::CloseArgs),
    Cancel(cancel::CancelArgs),
    Merge(merge::MergeArgs),
    Reopen(reopen::ReopenArgs),
    // Who and where.
    Role(role::RoleArgs),
    Ticket(ticket::TicketArgs),
    Room(room::RoomArgs),
    Link(link::LinkArgs),
    Done(done::DoneArgs),
    Skip(skip::SkipArgs),
    Due(due::DueArgs),
    // Looking.
    Show(show::ShowArgs),
    Brief(brief::BriefArgs),
    List(list::ListArgs),
    Similar(similar::SimilarArgs),
    Log(log::LogArgs),
    Audit(audit::AuditArgs),
    Edit(edit::EditArgs),
    ResolveConflict(resolve_conflict::ResolveConflictArgs),
    // The standard.
    Severity(severity::SeverityArgs),
    Targets(targets::TargetsArgs),
    Regulatory(regulatory::RegulatoryArgs),
    Facts(facts::FactsArgs),
    Check(check::CheckArgs),
    Waiver(waiver::WaiverArgs),
    Standards(standards::StandardsArgs),
    Decide(decide::DecideArgs),
    // What customers are owed.
    Compensate(compensate::CompensateArgs),
    // How much customers felt it.
    Impact(impact::ImpactArgs),
    // What people read.
    Comms(comms::CommsArgs),
    Pir(pir::PirArgs),
    Actions(actions::ActionsArgs),
    Problems(Box<problems::ProblemsArgs>),
    Report(report::ReportArgs),
    Dashboard(dashboard::DashboardArgs),
    Ledger(ledger::LedgerArgs),
    Export(export::ExportArgs),
    Query(query::QueryArgs),
    // The workspace.
    Init(init::InitArgs),
    Import(import::ImportArgs),
    Sync(sync::SyncArgs),
    Trust(trust::TrustArgs),
    Undo(undo::UndoArgs),
    Retry(retry::RetryArgs),
    Doctor(doctor::DoctorArgs),
    Schema(schema::SchemaArgs),
    Explain(explain::ExplainArgs),
    Help(help::HelpArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
    MergeDriver(merge_driver::MergeDriverArgs),
    Demo(demo::DemoArgs),
    Debug(debug::DebugArgs),
}

/// Runs a command; those that need no workspace come first.
pub(super) fn run(call: Call, cli: &Cli) -> Result {
    let fixed = cli.now.clone().or_else(|| super::environment("INC_NOW"));
    let now = fixed.as_deref();
    match &cli.command {
        Some(Command::Init(args)) => return init::run(call, cli.dir.as_deref(), now, args),
        Some(Command::Explain(args)) => return explain::run(call, cli.dir.as_deref(), now, args),
        Some(Command::Help(args)) => return help::run(call, args),
        Some(Command::Completions(args)) => return completions::run(call, args),
        Some(Command::Man(args)) => return man::run(call, args),
        Some(Command::Demo(args)) => return demo::run(call, args),
        Some(Command::MergeDriver(args)) => return merge_driver::run(call, args),
        Some(Command::Decide(args)) => return decide::run(call, args),
        Some(Command::Compensate(args)) if args.stands_alone() => {
            return compensate::run_alone(call, cli.dir.as_deref(), now, args);
        }
        Some(Command::Schema(args)) => return schema::run(call, args),
        Some(Command::Debug(args)) => return debug::run(call, args),
        Some(Command::Doctor(args)) => return doctor::run(call, cli.dir.as_deref(), now, args),
        _ => {}
    }
    let workspace = workspace::find(cli.dir.as_deref())?;
    let tree = match &cli.command {
        Some(Command::Standards(_)) => Asked::Checkout,
        Some(Command::Check(args)) if args.of_branch() => Asked::Checkout,
        _ => Asked::Live,
    };
    let mut ctx = Ctx::open(call, workspace.clone(), now, tree)?;
    // A review that is being discussed lives on its own branch; whoever has it checked out means it.
    if matches!(cli.command, Some(Command::Pir(_)))
        && pir::on_its_branch(ctx.store.checked_out().as_deref())
    {
        ctx = Ctx::open(call, workspace, now, Asked::Checkout)?;
    }
    let ctx = &mut ctx;
    for warning in ctx.store.warnings() {
        ctx.talk(warning);
    }
    let done = match &cli.command {
        None => status::run(ctx),
        Some(command) => match command {
            Command::Open(args) => open::run(ctx, args),
            Command::Update(args) => update::run(ctx, args),
            Command::Note(args) => note::run(ctx, args),
            Command::Ack(args) => ack::run(ctx, args),
            Command::Restore(args) => restore::run(ctx, args),
            Command::Relapse(args) => relapse::run(ctx, args),
            Command::Resolve(args) => resolve::run(ctx, args),
            Command::Close(args) => close::run(ctx, args),
            Command::Cancel(args) => cancel::run(ctx, args),
            Command::Merge(args) => merge::run(ctx, args),
            Command::Reopen(args) => reopen::run(ctx, args),
            Command::Role(args) => role::run(ctx, args),
            Command::Ticket(args) => ticket::run(ctx, args),
            Command::Room(args) => room::run(ctx, args),
            Command::Link(args) => link::run(ctx, args),
            Command::Done(args) => done::run(ctx, args),
            Command::Skip(args) => skip::run(ctx, args),
            Command::Due(args) => due::run(ctx, args),
            Command::Show(args) => show::run(ctx, args),
            Command::Brief(args) => brief::run(ctx, args),
            Command::List(args) => list::run(ctx, args),
            Command::Log(args) => log::run(ctx, args),
            Command::Audit(args) => audit::run(ctx, args),
            Command::Edit(args) => edit::run(ctx, args),
            Command::ResolveConflict(args) => resolve_conflict::run(ctx, args),
            Command::Severity(args) => severity::run(ctx, args),
            Command::Targets(args) => targets::run(ctx, args),
            Command::Regulatory(args) => regulatory::run(ctx, args),
            Command::Facts(args) => facts::run(ctx, args),
            Command::Check(args) => check::run(ctx, args),
            Command::Waiver(args) => waiver::run(ctx, args),
            Command::Standards(args) => standards::run(ctx, args),
            Command::Compensate(args) => compensate::run(ctx, args),
            Command::Impact(args) => impact::run(ctx, args),
            Command::Comms(args) => comms::run(ctx, args),
            Command::Pir(args) => pir::run(ctx, args),
            Command::Actions(args) => actions::run(ctx, args),
            Command::Similar(args) => similar::run(ctx, args),
            Command::Problems(args) => problems::run(ctx, args),
            Command::Report(args) => report::run(ctx, args),
            Command::Dashboard(args) => dashboard::run(ctx, args),
            Command::Ledger(args) => ledger::run(ctx, args),
            Command::Export(args) => export::run(ctx, args),
            Command::Query(args) => query::run(ctx, args),
            Command::Import(args) => import::run(ctx, args),
            Command::Sync(args) => sync::run(ctx, args),
            Command::Trust(args) => trust::run(ctx, args),
            Command::Undo(args) => undo::run(ctx, args),
            Command::Retry(args) => retry::run(ctx, args),
            Command::Init(_)
            | Command::Explain(_)
            | Command::Help(_)
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Demo(_)
            | Command::MergeDriver(_)
            | Command::Doctor(_)
            | Command::Schema(_)
            | Command::Debug(_)
            | Command::Decide(_) => unreachable_command(),
        },
    };
    super::sharing::after(ctx);
    done
}

/// The compiler cannot see that these ran above.
fn unreachable_command() -> Result {
    Ok(error::Exit::Done)
}
